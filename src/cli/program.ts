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
    .command('mailbox')
    .description('show messages that a carrier would deliver, for example activation links')
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
    .requiredOption('-r, --role <role>', 'group-app, group-admin, staff, machine or analyst')
    .requiredOption('--reference <reference>', 'who acts with it, for example staff_wren_19; not a name')
    .option('-b, --brand <handle...>', 'brands it may touch; needed for staff and machine')
    .option('-s, --scope <scope...>', "scopes instead of the role's own")
    .option('--purpose <code>', 'the one purpose it is issued for')
    .option('--extension <name>', 'the extension whose reserved identity handles it may write')
    .option('--days <number>', 'days until it ends')
    .addOption(configOption())
    .addOption(jsonOption())
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
