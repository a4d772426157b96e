import * as files from './file-rules.js';
import * as imports from './import-rules.js';
import { type Project, projectOf } from './project.js';
import { schemaRooms } from './rooms.js';
import { contractArrowsGoDown } from './schema-arrows.js';

const described = (code: string): string => `/** What it means. */\n${code}\n`;

/** A small house in which every rule is kept; each sin changes one or two files of it. */
function cleanFiles(): Record<string, string> {
  const pairs = Object.entries(schemaRooms).flatMap(([file, room]) => [
    [`schema/${file}`, 'scalar Time\n'.replace('Time', file.replace(/\W/g, ''))],
    [`src/${room}/${file.replace('.graphql', '.resolvers.ts')}`, described('export const resolvers = {};')],
  ]);
  const joined = Object.entries(schemaRooms).map(
    ([file, room], index) =>
      `import { resolvers as r${index} } from './${room}/${file.replace('.graphql', '.resolvers.js')}';\n`,
  );
  return {
    ...Object.fromEntries(pairs),
    'schema/base.graphql': 'type Query { id: ID }',
    'package.json': '{ "dependencies": { "mongoose": "1.0.0", "@scope/pkg": "1.0.0" } }',
    'src/kernel/ids.ts': described("import { join } from 'node:path';\nexport const id = join('a', 'b');").replace(
      /^(.*\n)(import.*\n)/,
      '$2$1',
    ),
    'src/generated/resolvers-types.ts':
      "import type { ProfileView } from '../profiles/profile.js';\nexport type Resolvers = ProfileView;\n",
    'src/embedded/engine.ts': described('export const engine = 1;'),
    'src/profiles/profile.ts': described('export interface ProfileView { id: string }'),
    'src/profiles/profile.model.ts': `import mongoose from 'mongoose';\n${described('export const model = mongoose;')}`,
    'src/profiles/profile.store.ts': `import { model } from './profile.model.js';\n${described('export const store = model;')}`,
    'src/profiles/profile.service.ts': `import { store } from './profile.store.js';\n${described('export const service = store;')}`,
    'src/merges/merge.service.ts': `import { service } from '../profiles/profile.service.js';\nimport type { Resolvers } from '../generated/resolvers-types.js';\n${described('export const merge: Resolvers = service;')}`,
    'src/open-group.ts': `import { engine } from './embedded/engine.js';\n${described('export const group = [engine];')}`,
    'src/app.ts': `${joined.join('')}import { group } from './open-group.js';\nimport { id } from './kernel/ids.js';\nimport { merge } from './merges/merge.service.js';\n${described('export const app = [group, id, merge];')}`,
    'src/main.ts': "import './app.js';\n",
    'test/profiles/profile.test.ts': "it('finds a profile', () => {});\n",
  };
}

/** The clean house with some files replaced, added, or taken away (null). */
export function houseWith(changes: Readonly<Record<string, string | null>>, topLevel?: readonly string[]): Project {
  const changed = Object.entries({ ...cleanFiles(), ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return projectOf(Object.fromEntries(changed), topLevel);
}

/** A file of the house and what it says instead, or null where it is gone. */
export type Sin = Readonly<Record<string, string | null>>;

const long = Array.from({ length: 301 }, (_, line) => `// ${line}`).join('\n');
const service = 'src/merges/merge.service.ts';
const identity = 'src/identities/identity.service.ts';

/** Every rule with the ways to break it. */
export const rulesAndSins: readonly { name: string; rule: imports.TidyRule; sins: readonly Sin[] }[] = [
  {
    name: 'every file lies in a room',
    rule: imports.everyFileHasARoom,
    sins: [{ 'src/attic/box.ts': '' }, { 'src/loose.ts': '' }],
  },
  {
    name: 'imports go down the ranks',
    rule: imports.importsGoDown,
    sins: [
      { 'src/kernel/ids.ts': "import { app } from '../app.js';" },
      { 'src/profiles/profile.ts': "import type { Merge } from '../merges/merge.service.js';" },
      { 'src/profiles/profile.ts': "export type { Merge } from '../merges/merge.service.js';" },
      { 'src/profiles/profile.ts': "export * from '../merges/merge.service.js';" },
      { 'src/profiles/profile.ts': "const merge = await import('../merges/merge.service.js');" },
      { 'src/profiles/profile.ts': "type Merge = import('../merges/merge.service.js').Merge;" },
      { 'src/profiles/profile.ts': "new URL('../merges/merge.service.js', import.meta.url);" },
      { [identity]: '', 'src/consents/consent.ts': "import type { X } from '../identities/identity.service.js';" },
    ],
  },
  {
    name: 'what is imported exists',
    rule: imports.importsExist,
    sins: [{ [service]: "import '../profiles/gone.js';" }, { [service]: "import '../profiles/profile';" }],
  },
  {
    name: 'rooms are entered by their door',
    rule: imports.roomsAreEnteredByTheirDoor,
    sins: [
      { [service]: "import { store } from '../profiles/profile.store.js';" },
      { [service]: "import type { Row } from '../profiles/profile.model.js';" },
      { 'src/cli/serve.ts': "import { resolvers } from '../profiles/profile.resolvers.js';" },
    ],
  },
  {
    name: 'resolvers are joined in one place',
    rule: imports.resolversAreJoinedInOnePlace,
    sins: [
      { [service]: "import { resolvers } from '../profiles/profile.resolvers.js';" },
      { [service]: "import { resolvers } from '../brands/brand.resolvers.js';" },
    ],
  },
  {
    name: 'roles go down inside a room',
    rule: imports.rolesGoDown,
    sins: [
      { 'src/profiles/profile.store.ts': "import { service } from './profile.service.js';" },
      { 'src/profiles/profile.ts': "import type { Row } from './profile.model.js';" },
      { 'src/profiles/profile.service.ts': "import { model } from './profile.model.js';" },
      { 'src/profiles/profile.service.ts': "import { resolvers } from './profile.resolvers.js';" },
    ],
  },
  {
    name: 'generated code is imported by type alone',
    rule: imports.generatedCodeIsTypeOnly,
    sins: [
      { [service]: "import { Resolvers } from '../generated/resolvers-types.js';" },
      { [service]: "import { type Resolvers, other } from '../generated/resolvers-types.js';" },
      { 'src/generated/resolvers-types.ts': "import { ProfileView } from '../profiles/profile.js';" },
    ],
  },
  {
    name: 'only open-group.ts knows the engine',
    rule: imports.onlyTheAppStartsTheEngine,
    sins: [
      { 'src/brands/brand.ts': "import { engine } from '../embedded/engine.js';" },
      { 'src/cli/serve.ts': "import type { Engine } from '../embedded/engine.js';" },
    ],
  },
  {
    name: 'only stores and models touch the database',
    rule: imports.onlyStoresTouchTheDatabase,
    sins: [
      { [service]: "import mongoose from 'mongoose';" },
      { 'src/profiles/profile.resolvers.ts': "import { ObjectId } from 'mongodb';" },
    ],
  },
  {
    name: 'the engine knows no framework',
    rule: imports.theEngineKnowsNoFramework,
    sins: [
      { 'src/embedded/engine.ts': "import mongoose from 'mongoose';" },
      { 'src/embedded/engine.ts': "import 'graphql';" },
    ],
  },
  {
    name: 'packages are declared',
    rule: imports.packagesAreDeclared,
    sins: [{ [service]: "import 'left-pad';" }, { [service]: "import '@scope/other/deep';" }],
  },
  {
    name: 'browsers stand apart',
    rule: imports.browsersStandApart,
    sins: [
      { 'src/graphiql/page.tsx': "import type { Merge } from '../merges/merge.service.js';" },
      { 'src/graphiql/page.tsx': '', [service]: "import '../graphiql/page.tsx';" },
    ],
  },
  {
    name: 'no file is dead',
    rule: imports.noFileIsDead,
    sins: [{ 'src/profiles/old-profile.ts': '' }, { 'src/main.ts': '' }],
  },
  {
    name: 'files are short',
    rule: files.filesAreShort,
    sins: [{ [service]: long }, { 'test/profiles/profile.test.ts': long }],
  },
  {
    name: 'file names are regular',
    rule: files.fileNamesAreRegular,
    sins: [
      { 'src/profiles/index.ts': '' },
      { 'src/profiles/Profile.ts': '' },
      { 'src/profiles/profile_view.ts': '' },
      { 'src/profiles/profile.repository.ts': '' },
      { 'src/profiles/profile-utils.ts': '' },
      { 'src/profiles/helper.ts': '' },
    ],
  },
  {
    name: 'exports are named',
    rule: files.exportsAreNamed,
    sins: [{ [service]: 'export default 3;' }, { 'test/support/world.ts': 'export default function world() {}' }],
  },
  {
    name: 'nothing is re-exported',
    rule: files.nothingIsReExported,
    sins: [{ [service]: "export { service } from '../profiles/profile.service.js';" }],
  },
  {
    name: 'exports are described',
    rule: files.exportsAreDescribed,
    sins: [
      { [service]: 'export const merge = 1;' },
      { [service]: '// A comment is not a docstring.\nexport function merge() {}' },
      { [service]: '/** Of something else. */\nconst other = 1;\nexport interface Merge { id: string }' },
    ],
  },
  {
    name: 'nothing is left over',
    rule: files.nothingIsLeftOver,
    sins: [
      { [service]: '// TODO: later' },
      { [service]: '/* FIXME */' },
      { [service]: "console.log('here');" },
      { [service]: 'debugger;' },
      { 'test/profiles/profile.test.ts': `it.${'only'}('works', () => {});` },
      { 'test/profiles/profile.test.ts': `describe.${'skip'}('works', () => {});` },
      { 'test/profiles/profile.test.ts': `it.${'todo'}('works');` },
    ],
  },
  {
    name: 'nothing names the machine',
    rule: files.nothingNamesTheMachine,
    sins: [
      { [service]: "const path = '/home/somebody/kindred';" },
      { 'README.md': `Look in \`${['', 'work', 'main'].join('/')}\`.` },
      { 'docs/notes.md': 'As asked for in issue 12.' },
    ],
  },
  {
    name: 'contract and rooms pair',
    rule: files.contractAndRoomsPair,
    sins: [
      { 'schema/coupon.graphql': 'scalar Coupon' },
      { 'schema/merge.graphql': null },
      { 'src/merges/merge.resolvers.ts': null, 'src/app.ts': '' },
    ],
  },
  { name: 'test folders are rooms', rule: files.testFoldersAreRooms, sins: [{ 'test/coupons/coupon.test.ts': '' }] },
  {
    name: 'the arrows of the contract go down',
    rule: contractArrowsGoDown,
    sins: [
      {
        'schema/merge.graphql': 'type Merge { id: ID }',
        'schema/profile.graphql': 'type Profile { merges: [Merge!] }',
      },
      {
        'schema/merge.graphql': 'input MergeBy { id: ID }',
        'schema/profile.graphql': 'type Profile { merges(by: MergeBy): ID }',
      },
      {
        'schema/consent.graphql': 'type Consent { id: ID }',
        'schema/identity.graphql': 'extend type Consent { of: ID }',
      },
      { 'schema/brand.graphql': 'type Brand { id: ID }', 'schema/base.graphql': 'type Query { brand: Brand }' },
      { 'schema/brand.graphql': 'type Brand { owner: Nobody }' },
    ],
  },
];
