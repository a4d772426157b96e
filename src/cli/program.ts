import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';

interface PackageFile {
  readonly version: string;
  readonly description: string;
}

/** Reads the package's own description, which is where its version stands. */
function readPackage(): PackageFile {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as PackageFile;
}

const configOption = () =>
  new Option('-c, --config <file>', 'configuration of the group').default('brands.config.json').env('KINDRED_CONFIG');
const jsonOption = () => new Option('--json', 'answer in JSON');

/**
 * The command line. Each command's work is loaded only when it is called, so that help comes at once.
 */
export function createProgram(): Command {
  const { version, description } = readPackage();
  const program = new Command('kindred')
    .description(description)
    .version(version)
    .exitOverride()
    .showHelpAfterError('(see kindred --help)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong words.\nNO_COLOR, PORT, KINDRED_CONFIG and KINDRED_SECRET are read from the environment.',
    );
  addServing(program);
  addWork(program);
  addTokens(program);
  addData(program);
  addEvents(program);
  addDuplicates(program);
  addReceipts(program);
  return program;
}

function addServing(program: Command): void {
  program
    .command('demo')
    .description('serve three seeded brands on the embedded engine, with tokens to try')
    .option('-p, --port <number>', 'port to listen on; PORT in the environment, else 4000')
    .option('--folder <path>', 'where its data lives', '.kindred')
    .addOption(jsonOption())
    .action(async (options) => (await import('./demo.command.js')).runDemo(options));
  program
    .command('serve')
    .description('serve the group that the configuration describes')
    .addOption(configOption())
    .option('-p, --port <number>', 'port to listen on; PORT in the environment, else the configuration')
    .action(async (options) => (await import('./serve.command.js')).runServe(options));
}

function addWork(program: Command): void {
  program
    .command('import')
    .description('take in a Shopify customer export')
    .argument('<file>', 'CSV file with a header')
    .requiredOption('-b, --brand <handle>', 'brand to import into')
    .option('--dry-run', 'say what would happen and write nothing', false)
    .option('-q, --quiet', 'print only rows with something to say', false)
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nPrints one verdict per row: CREATED, UPDATED, UNCHANGED or REFUSED. Exit code 1 when a row was refused.',
    )
    .action(async (file: string, options) => (await import('./import.command.js')).runImport(file, options));
  program
    .command('merge')
    .description('merge many pairs of profiles of one brand')
    .argument('<file>', 'CSV file with the columns winner and loser, ids as prof_… or UUIDs; - for standard input')
    .requiredOption('-b, --brand <handle>', 'brand of all profiles')
    .option('--dry-run', 'say what would happen and write nothing', false)
    .option('-y, --yes', 'do not ask', false)
    .option('--concurrency <number>', 'merges side by side', '4')
    .option('--reason <text>', 'why, for the record; no personal data')
    .option('--verdicts <file>', 'write the verdict of every line to a CSV file')
    .option('--again', 'run a file once more that was carried out before', false)
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nCtrl-C holds the work; the same command goes on with it. Exit code 1 when a line was refused or work is left.',
    )
    .action(async (file: string, options) => (await import('./merge.command.js')).runMerge(file, options));
  program
    .command('mailbox')
    .description('show messages in the mailbox, and how far those have come that a carrier takes')
    .option('-b, --brand <handle>', 'only of this brand')
    .option('-n, --limit <number>', 'how many, newest first', '20')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./mailbox.command.js')).runMailbox(options));
}

function addTokens(program: Command): void {
  const token = program.command('token').description('make, list and revoke bearer tokens');
  token
    .command('create')
    .description('make a token; its text is shown once')
    .requiredOption('-r, --role <role>', 'group-app, group-admin, staff, machine, analyst or customer')
    .option(
      '--reference <reference>',
      'who acts with it, for example staff_wren_19; not a name; needed but for customer',
    )
    .option('--profile <id>', 'the one profile that a token of the role customer is bound to, prof_…')
    .option('-b, --brand <handle...>', 'brands it may touch; needed for staff and machine')
    .option('-s, --scope <scope...>', "scopes instead of the role's own")
    .option('--purpose <code>', 'the one purpose it is issued for')
    .option('--extension <name>', 'the extension whose reserved identity handles it may write')
    .option('--days <number>', 'days until it ends')
    .option('--hours <number>', 'hours until it ends')
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      "\nA customer's token stands in for a login session: it ends after one hour unless told otherwise, after 24 at most, and\nwith the profile. A brand's portal makes one when the customer has signed in there.",
    )
    .action(async (options) => (await import('./token.command.js')).runTokenCreate(options));
  token
    .command('list')
    .description('list tokens, newest first; never their text')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./token.command.js')).runTokenList(options));
  token
    .command('revoke')
    .description('end a token within ten seconds')
    .argument('<token>', 'its text or the beginning of its ref')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (named: string, options) => (await import('./token.command.js')).runTokenRevoke(named, options));
}

function addData(program: Command): void {
  program
    .command('engine')
    .description('look after the data of the embedded engine')
    .command('check')
    .description('verify a data folder on which no server runs; writes nothing')
    .argument('<folder>', 'data folder, for example .kindred/data')
    .addOption(jsonOption())
    .addHelpText('after', '\nCompares every index with a full scan. Exit code 1 when something is wrong.')
    .action(async (folder: string, options) =>
      (await import('./engine-check.command.js')).runEngineCheck(folder, options),
    );
  program
    .command('export')
    .description('write the data of the embedded engine as files that mongorestore takes')
    .requiredOption('-o, --out <folder>', 'folder to make; must be new or empty')
    .option('-d, --data <folder>', 'data folder on which no server runs; else the one of the configuration')
    .option('-b, --brand <handle...>', 'only the databases of these brands')
    .option('--database <name...>', 'only these databases')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./export.command.js')).runExport(options));
}

function addEvents(program: Command): void {
  const events = program.command('events').description('look after what is told to other systems by webhook');
  const brandOption = () => new Option('-b, --brand <handle>', 'only of this brand');
  const endpointOption = () => new Option('-e, --endpoint <name>', 'only to this endpoint');
  events
    .command('list')
    .description('list deliveries with state, kind, attempts and last answer')
    .addOption(brandOption())
    .addOption(endpointOption())
    .option('--state <state>', 'pending, delivered or dead')
    .option('-n, --limit <number>', 'how many', '20')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./events.command.js')).runEventsList(options));
  events
    .command('retry')
    .description('send again; receivers know it by its id')
    .argument('[id]', 'a delivery or an event')
    .option('--dead', 'everything that was given up', false)
    .addOption(brandOption())
    .addOption(endpointOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (id: string | undefined, options) =>
      (await import('./events.command.js')).runEventsRetry(id, options),
    );
  events
    .command('test')
    .description('send a signed ping')
    .addOption(brandOption())
    .addOption(endpointOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./events.command.js')).runEventsTest(options));
}

function addReceipts(program: Command): void {
  const receipt = program.command('receipt').description('check signed receipts of consents');
  receipt
    .command('verify')
    .description('check a receipt offline and print what was agreed')
    .argument('<file>', 'file with the receipt, a JWS in compact form; - for standard input')
    .option('-k, --keys <file>', 'JWK set to check with, from kindred receipt keys; else the key of the configuration')
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code 1 when the receipt does not hold.')
    .action(async (file: string, options) => (await import('./receipt.command.js')).runReceiptVerify(file, options));
  receipt
    .command('keys')
    .description('print the public keys of receipts as a JWK set')
    .addOption(configOption())
    .action(async (options) => (await import('./receipt.command.js')).runReceiptKeys(options));
}

function addDuplicates(program: Command): void {
  const duplicates = program.command('duplicates').description('look for profiles that may be one person');
  const brandOption = () => new Option('-b, --brand <handle>', 'brand to look through').makeOptionMandatory();
  duplicates
    .command('scan')
    .description('look through all profiles; an unfinished look is carried on')
    .addOption(brandOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./duplicates.command.js')).runDuplicatesScan(options));
  duplicates
    .command('list')
    .description('list open pairs, the most likely first; ids and reasons only')
    .addOption(brandOption())
    .option('--min-score <number>', 'only from this score up', '0')
    .option('-n, --limit <number>', 'how many', '20')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./duplicates.command.js')).runDuplicatesList(options));
}
