import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptPlugin from '@graphql-codegen/typescript';
import * as resolversPlugin from '@graphql-codegen/typescript-resolvers';
import { firstDifference, isRunDirectly } from './check.js';
import { readSchemaDocument, repositoryRoot } from './sdl.js';

/** Where the typed resolvers stand; committed, so that a clone type-checks without generating anything. */
export const generatedFile = 'src/generated/resolvers-types.ts';

/**
 * GraphQL type → the domain object a resolver of that type gets as its parent. Names that the generated file uses itself
 * are imported under another one.
 */
const mappers: Record<string, string> = {
  Profile: '../profiles/profile.js#ProfileView',
  Address: '../profiles/address.js#AddressView',
  Identity: '../identities/identity.js#IdentityView',
  Transaction: '../activity/transaction.js#TransactionView',
  Interaction: '../activity/interaction.js#InteractionView',
  Location: '../activity/location.js#LocationView',
  Brand: '../brands/brand.js#Brand as BrandModel',
  SharingRule: '../brands/brand.js#SharingRule as SharingRuleModel',
  BrandStatus: '../brands/fan-out.js#BrandReport',
  Wallet: '../wallet/wallet.js#WalletView',
  Reward: '../wallet/wallet.js#RewardView',
  Merge: '../merges/merge.js#MergeView',
  MergePlan: '../merges/merge-plan.js#MergePlan as MergePlanModel',
  MergeBatch: '../merge-batches/merge-batch.js#MergeBatchView',
  MergeBatchRow: '../merge-batches/merge-batch.js#MergeBatchRowView',
  DuplicateCandidate: '../duplicates/duplicate.js#DuplicateView',
  CrossBrandLink: '../links/cross-brand-link.js#LinkView',
  CrossBrandLinkEnd: '../links/cross-brand-link.js#LinkEndView',
  LinkOption: '../links/link-option.js#LinkOptionView',
  Consent: '../consents/consent.js#ConsentView',
  ConsentNotice: '../consents/consent.js#NoticeView',
  GroupCustomer: '../links/group-customer.js#GroupCustomerView',
  GroupMember: '../links/group-customer.js#GroupMemberView',
  Viewer: '../access/actor.js#Actor as ActorModel',
  Actor: '../access/actor.js#ActorReference',
};

/** What resolvers hand over and receive for each scalar; a scalar without an entry here fails the generation. */
const scalars: Record<string, string> = {
  ID: 'string',
  DateTime: 'Date',
  Date: 'string',
  Decimal: 'string',
  CurrencyCode: 'string',
  CountryCode: 'string',
  TimeZone: 'string',
  LanguageTag: 'string',
  EmailAddress: 'string',
  PhoneNumber: 'string',
  UUID: 'string',
  JSON: 'unknown',
  BrandHandle: 'string',
};

const config = {
  contextType: '../access/context.js#OperationContext',
  mappers,
  scalars,
  strictScalars: true,
  enumsAsTypes: true,
  useTypeImports: true,
  // Domain objects are readonly outside stores; without this a readonly array would not fit a list field.
  immutableTypes: true,
  makeResolverTypeCallable: true,
  addUnderscoreToArgsType: false,
  maybeValue: 'T | null',
  inputMaybeValue: 'T | null | undefined',
};

/** The text of {@link generatedFile} as the SDL asks for it now. */
export async function generateResolverTypes(): Promise<string> {
  const text = await codegen({
    filename: generatedFile,
    schema: readSchemaDocument(),
    documents: [],
    config,
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript: typescriptPlugin, resolvers: resolversPlugin },
  });
  return `// Generated from schema/*.graphql by scripts/codegen.ts. Do not edit: change the SDL and run it again.\n\n${text}\n`;
}

/** What is wrong with the committed file, or null when it is what the SDL asks for. Writes nothing. */
export async function checkResolverTypes(): Promise<string | null> {
  const path = join(repositoryRoot, generatedFile);
  if (!existsSync(path)) return `${generatedFile} is missing; run npx tsx scripts/codegen.ts`;
  const difference = firstDifference(readFileSync(path, 'utf8'), await generateResolverTypes());
  return difference && `${generatedFile} does not fit the SDL; run npx tsx scripts/codegen.ts\n${difference}`;
}

async function main(): Promise<void> {
  if (process.argv.includes('--check')) {
    const complaint = await checkResolverTypes();
    if (complaint) {
      process.stderr.write(`${complaint}\n`);
      process.exitCode = 1;
    }
    return;
  }
  const path = join(repositoryRoot, generatedFile);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await generateResolverTypes());
}

if (isRunDirectly(import.meta.url)) await main();
