import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configJsonSchema } from '../../scripts/config-schema.js';
import { brandsOf, loadConfigFile, parseConfig } from '../../src/brands/load-config.js';
import { AppError } from '../../src/kernel/errors.js';
import { type Json, mistakes, mistakesIn, shipped, shippedSchema } from './configuration.js';

/** What an editor says; formats are left to it. */
const isAcceptedByEditor = new Ajv2020({ allErrors: true, formats: { uri: true } }).compile(
  JSON.parse(shippedSchema()),
);

describe('the configuration', () => {
  it('as shipped is right, for the server and for an editor', () => {
    expect(mistakesIn(shipped())).toEqual([]);
    expect(isAcceptedByEditor(shipped())).toBe(true);
  });

  it('needs little: a brand and a registry', () => {
    const config = parseConfig(
      {
        brands: [
          {
            handle: 'wren',
            name: 'Wren',
            database: { name: 'wren' },
            currencyCode: 'AUD',
            timeZone: 'UTC',
            phoneRegion: 'AU',
          },
        ],
        registry: { database: { name: 'registry' } },
      },
      {},
    );
    expect(config.server).toMatchObject({ port: 4_000, host: '127.0.0.1', isJitEnabled: true });
    expect(config.embedded).toEqual({ folder: '.kindred/data', durability: 'durable' });
    expect(brandsOf(config)[0]).toMatchObject({ identityHandles: [], sharingRules: [], portalUrl: null });
  });

  it('gives each brand the rules under which it may give, purposes in words', () => {
    const brands = brandsOf(parseConfig(shipped(), {}));
    const rules = Object.fromEntries(brands.map((brand) => [brand.handle, brand.sharingRules.map((rule) => rule.to)]));
    expect(rules).toEqual({ alder: ['wren', 'hearth'], wren: ['hearth'], hearth: ['wren'] });
    expect(brands[1]?.sharingRules[0]).toMatchObject({
      purposes: [{ code: 'group-service', text: expect.stringContaining('To recognise') }],
      agreement: 'SAME_GROUP',
      sharedHandle: 'group-member',
    });
  });

  it.each(mistakes)('with $what is refused at $path', ({ make, path, hint, isSeenByEditor }) => {
    const config = shipped();
    make(config);
    expect(mistakesIn(config)).toEqual([{ path, hint: expect.stringMatching(hint) }]);
    expect(isAcceptedByEditor(config)).toBe(!isSeenByEditor);
  });

  it('with every mistake at once is told every one of them', () => {
    const config = shipped();
    for (const mistake of mistakes) mistake.make(config);
    const found = mistakesIn(config);
    for (const { path, hint } of mistakes) {
      expect(found, path).toContainEqual({ path, hint: expect.stringMatching(hint) });
    }
    const message = caught(() => parseConfig(config, {})).message;
    expect(message).toContain(`has ${found.length} mistake(s)`);
    for (const { path } of mistakes) expect(message).toContain(`  ${path}: `);
  });

  it.each([null, [], 'text', 7, true, {}, { brands: null }, { brands: [null, 'x', 3] }, { brands: {}, registry: [] }])(
    'that is %j is refused without a fault',
    (json) => {
      const found = mistakesIn(json);
      expect(found.length).toBeGreaterThan(0);
      for (const { path, hint } of found) {
        expect(path).not.toBe('');
        expect(hint).not.toMatch(/Invalid input|undefined|\[object/);
      }
    },
  );

  it.each(['__proto__', 'constructor', 'toString'])('with a key called %s is refused for that key', (key) => {
    const config = JSON.parse(JSON.stringify(shipped()).replace('{', `{"${key}": {"isAdmin": true},`));
    expect(mistakesIn(config)).toEqual([{ path: key, hint: expect.stringContaining('not a known key') }]);
    expect(({} as Json).isAdmin).toBeUndefined();
  });
});

/** What stands in the file for a variable of the environment. */
function variable(name: string): string {
  return `\${${name}}`;
}

function withDatabases(one: object, other: object): Json {
  const config = shipped();
  config.brands[0].database = one;
  config.brands[2].database = other;
  return config;
}

describe('two brands', () => {
  it.each([
    ['are embedded', {}, {}],
    ['have equal URIs', { uri: 'mongodb://db.example/' }, { uri: 'mongodb://db.example/' }],
    [
      'come with other credentials',
      { uri: 'mongodb://ada:one@db.example/' },
      { uri: 'mongodb://root:two@db.example/' },
    ],
    ['write the host in another case', { uri: 'mongodb://DB.Example' }, { uri: 'mongodb://db.example' }],
    ['write the usual port or leave it out', { uri: 'mongodb://db.example:27017' }, { uri: 'mongodb://db.example' }],
    ['write the host with the root dot', { uri: 'mongodb://db.example.:27017' }, { uri: 'mongodb://db.example' }],
    ['have other options', { uri: 'mongodb://db.example/?replicaSet=rs0' }, { uri: 'mongodb://db.example/admin' }],
    ['list the servers in another order', { uri: 'mongodb://a,b:27018' }, { uri: 'mongodb://b:27018,a:27017' }],
    ['list other servers of one set', { uri: 'mongodb://a,b' }, { uri: 'mongodb://b,c' }],
    [
      'use one name in DNS',
      { uri: 'mongodb+srv://u:p@c0.example' },
      { uri: 'mongodb+srv://C0.example/?retryWrites=true' },
    ],
  ])('of one database name are refused when they %s', (_how, one, other) => {
    expect(mistakesIn(withDatabases({ ...one, name: 'shop' }, { ...other, name: 'shop' }))).toEqual([
      { path: 'brands[2].database', hint: expect.stringContaining('is the same database as brands[0].database') },
    ]);
  });

  it.each([
    ['names', { uri: 'mongodb://db.example', name: 'one' }, { uri: 'mongodb://db.example', name: 'two' }],
    ['ports', { uri: 'mongodb://db.example', name: 'one' }, { uri: 'mongodb://db.example:27018', name: 'one' }],
    ['hosts', { uri: 'mongodb://a.example', name: 'one' }, { uri: 'mongodb://b.example', name: 'one' }],
    ['kinds of server', { name: 'one' }, { uri: 'mongodb://b.example', name: 'one' }],
  ])('may have databases of other %s', (_what, one, other) => {
    expect(mistakesIn(withDatabases(one, other))).toEqual([]);
  });

  it('and the registry may not share one either', () => {
    const config = shipped();
    config.brands[1].database.name = config.registry.database.name;
    expect(mistakesIn(config)).toEqual([
      { path: 'brands[1].database', hint: expect.stringContaining('is the same database as registry.database') },
    ]);
  });

  it('are refused when only the environment shows that they share a database', () => {
    const config = withDatabases({ uri: variable('ONE'), name: 'shop' }, { uri: variable('OTHER'), name: 'shop' });
    expect(mistakesIn(config, { ONE: 'mongodb://a', OTHER: 'mongodb://u:p@A:27017' })).toHaveLength(1);
    expect(mistakesIn(config, { ONE: 'mongodb://a', OTHER: 'mongodb://b' })).toEqual([]);
  });

  it('never have credentials repeated in a mistake', () => {
    const config = withDatabases({ uri: 'mongodb://u:hush@a', name: 'x' }, { uri: 'mongodb://u:hush@a', name: 'x' });
    config.brands[1].database.uri = 'mysql://u:hush@a';
    const error = caught(() => parseConfig(config, {}));
    expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain('hush');
  });
});

describe('the environment', () => {
  it('fills texts anywhere in the file, several in one', () => {
    const config = shipped();
    config.brands[0].database = {
      uri: `mongodb://${variable('USER')}:${variable('PASS')}@db.example`,
      name: `${variable('PREFIX')}_alder`,
    };
    const parsed = parseConfig(config, { USER: 'u', PASS: 'p', PREFIX: 'live' });
    expect(parsed.brands[0]?.database).toEqual({ uri: 'mongodb://u:p@db.example', name: 'live_alder' });
  });

  it('that lacks variables is told for each place, once', () => {
    const config = shipped();
    config.brands[0].database = { uri: variable('ALDER_URI'), name: 'alder' };
    config.registry.database.uri = `mongodb://${variable('REGISTRY_HOST')}/`;
    expect(mistakesIn(config)).toEqual([
      { path: 'brands[0].database.uri', hint: expect.stringContaining('ALDER_URI, which is not set') },
      { path: 'registry.database.uri', hint: expect.stringContaining('REGISTRY_HOST, which is not set') },
    ]);
  });

  it('is not asked again for what it put in', () => {
    const config = shipped();
    config.brands[0].name = variable('NAME');
    expect(parseConfig(config, { NAME: variable('OTHER'), OTHER: 'x' }).brands[0]?.name).toBe(variable('OTHER'));
  });

  it('may still be missing when an editor looks at the file', () => {
    const config = shipped();
    config.brands[0].database = { uri: variable('ALDER_URI'), name: `${variable('PREFIX')}_alder` };
    expect(isAcceptedByEditor(config)).toBe(true);
  });
});

describe('the configuration file', () => {
  it('that is not there is refused by name', () => {
    const error = caught(() => loadConfigFile('/nowhere/brands.config.json', {}));
    expect(error.code).toBe('FILE_UNREADABLE');
    expect(error.message).toContain('/nowhere/brands.config.json');
  });

  it.each(['', '{', '{"brands": [}', '\u0000', '{"a": "hush"'])('that holds %j is refused as no JSON', (text) => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'c.json'), text);
    const error = caught(() => loadConfigFile(join(folder, 'c.json'), {}));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.details['mistakes']).toEqual([{ path: '(file)', hint: expect.stringMatching(/^is not JSON/) }]);
    expect(error.message).not.toContain('hush');
  });

  it('as an editor sees it is generated from the one source of its shape', () => {
    expect(shippedSchema()).toBe(configJsonSchema());
  });
});

function caught(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('wanted an error, got none');
}
