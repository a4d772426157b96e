import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { roomEdges } from '../test/tidy/import-rules.js';
import { type Project, readProject } from '../test/tidy/project.js';
import { rooms, schemaRooms } from '../test/tidy/rooms.js';
import { firstDifference, isRunDirectly } from './check.js';
import { repositoryRoot } from './sdl.js';

const documentFile = 'docs/architecture.md';
const startMark = '<!-- map: start, written by scripts/architecture.ts -->';
const endMark = '<!-- map: end -->';

/** The edges that no longer way already says, so that the picture can be read. */
function withoutShortcuts(edges: ReadonlyMap<string, ReadonlySet<string>>): [from: string, to: string][] {
  const reaches = (from: string, to: string): boolean =>
    [...(edges.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...edges].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [from, to]),
  );
}

function id(name: string): string {
  return name.replace(/\W/g, '_');
}

/** The picture of the rooms and a table of what each imports. The generated room is left out: it names rooms by type only. */
export function generateMap(project: Project): string {
  const present = rooms.filter((room) => project.sources(`src/${room.name}`).length > 0 && room.name !== 'generated');
  const names = present.map((room) => room.name);
  const all = roomEdges(project);
  const edges = new Map(
    names.map((name) => [name, new Set(names.filter((other) => all.get(name)?.has(other) ?? false))] as const),
  );
  const picture = [
    '```mermaid',
    'flowchart TD',
    ...[...names].reverse().map((name) => `  ${id(name)}["${name}"]`),
    ...withoutShortcuts(edges)
      .map(([from, to]) => `  ${id(from)} --> ${id(to)}`)
      .sort(),
    '```',
  ];
  const contract = (name: string): string =>
    Object.entries(schemaRooms)
      .filter(([, room]) => room === name)
      .map(([file]) => `\`${file}\``)
      .join(' ');
  const table = [
    '| rank | room | what lives there | contract | imports |',
    '|---|---|---|---|---|',
    ...present.map(
      (room) =>
        `| ${room.rank} | \`${room.name}\` | ${room.purpose} | ${contract(room.name)} | ${[...(edges.get(room.name) ?? [])].join(', ')} |`,
    ),
  ];
  return [...picture, '', ...table].join('\n');
}

/** The page with its map as the imports ask for it now; everything outside the marks stays. */
export function generateArchitecturePage(): string {
  const page = readFileSync(join(repositoryRoot, documentFile), 'utf8');
  const [start, end] = [page.indexOf(startMark), page.indexOf(endMark)];
  if (start === -1 || end < start) throw new Error(`${documentFile} needs the lines ${startMark} and ${endMark}`);
  const map = generateMap(readProject(repositoryRoot));
  return `${page.slice(0, start + startMark.length)}\n\n${map}\n\n${page.slice(end)}`;
}

/** What is wrong with the committed map, or null when it shows the imports as they are. */
export function checkArchitecturePage(): string | null {
  const difference = firstDifference(
    readFileSync(join(repositoryRoot, documentFile), 'utf8'),
    generateArchitecturePage(),
  );
  return difference && `${documentFile} is out of date; run npx tsx scripts/architecture.ts\n${difference}`;
}

if (isRunDirectly(import.meta.url)) writeFileSync(join(repositoryRoot, documentFile), generateArchitecturePage());
