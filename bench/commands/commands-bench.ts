import { ended, nextMessage, start } from '../child.js';
import { type Target, table, targetTable } from '../table.js';
import type { CommandsResult } from './commands-process.js';

/** What the command budget allows for the list, however many customers it has. */
const listBudget = 11;

/** What the commands bench found. */
export interface CommandsReport extends CommandsResult {
  readonly targets: readonly Target[];
}

/** Counts the database commands of one request for lists of several sizes, on a real group. */
export async function benchCommands(note: (text: string) => void): Promise<CommandsReport> {
  note('commands: filling a group of four brands on the embedded engine');
  const child = start('commands/commands-process.js');
  const result = await nextMessage<CommandsResult>(child);
  await ended(child);
  const targets = result.lists.flatMap(({ profiles, total, getMore }): Target[] => [
    { name: `${profiles} profiles: commands`, wanted: `= ${listBudget}`, measured: total, isMet: total === listBudget },
    { name: `${profiles} profiles: getMore among them`, wanted: '= 0', measured: getMore, isMet: getMore === 0 },
  ]);
  return { ...result, targets };
}

/** The result for people. */
export function commandsReport({ lists, targets }: CommandsReport): string {
  const keys = [...new Set(lists.flatMap((list) => Object.keys(list.commands)))].sort();
  const rows = [
    ...keys.map((key) => [key, ...lists.map((list) => String(list.commands[key] ?? 0))]),
    ['all commands', ...lists.map((list) => String(list.total))],
    ['linked profiles shown', ...lists.map((list) => String(list.links))],
    ['identities shown', ...lists.map((list) => String(list.identities))],
  ];
  return [
    'Database commands of one request (profiles → identities, addresses, links → profile in another brand → identities)',
    table(['command', ...lists.map((list) => `${list.profiles} profiles`)], rows),
    targetTable(targets),
  ].join('\n');
}
