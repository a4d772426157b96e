import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, EJSON } from 'bson';

/** Which servers a case is for, as MongoDB's unified test format says it. */
export interface Requirement {
  minServerVersion?: string;
  maxServerVersion?: string;
  topologies?: string[];
  auth?: boolean;
  csfle?: boolean;
  serverless?: string;
  serverParameters?: Document;
}

/** What an operation must fail with. */
export interface ExpectedError {
  isError?: boolean;
  isClientError?: boolean;
  errorContains?: string;
  errorCode?: number;
  errorCodeName?: string;
  errorLabelsContain?: string[];
  errorLabelsOmit?: string[];
  errorResponse?: Document;
  writeErrors?: Document;
  writeConcernErrors?: Document[];
  expectResult?: unknown;
}

/** One step of a case. */
export interface Operation {
  name: string;
  object: string;
  arguments?: Document;
  expectResult?: unknown;
  expectError?: ExpectedError;
  ignoreResultAndError?: boolean;
}

/** Documents of one collection, before or after a case. */
export interface CollectionContent {
  collectionName: string;
  databaseName: string;
  documents: Document[];
  createOptions?: Document;
}

/** Commands a client must have sent. */
export interface ExpectedEvents {
  client: string;
  events: Document[];
}

/** One case of a file. */
export interface Case {
  description: string;
  operations: Operation[];
  runOnRequirements?: Requirement[];
  skipReason?: string;
  outcome?: CollectionContent[];
  expectEvents?: ExpectedEvents[];
}

/** One file in the unified test format. */
export interface SpecFile {
  description: string;
  createEntities?: Document[];
  runOnRequirements?: Requirement[];
  initialData?: CollectionContent[];
  tests: Case[];
}

/**
 * Where MongoDB's own cases lie, if they do: their licence keeps them outside of this repository. A folder `shared` beside
 * the checkout, or whatever MONGODB_SPEC_TESTS names.
 */
export const OFFICIAL_CASES =
  process.env['MONGODB_SPEC_TESTS'] ??
  join(fileURLToPath(new URL('../../../..', import.meta.url)), 'shared', 'mongodb-spec-tests');

/** Where our own cases lie. */
export const OWN_CASES = fileURLToPath(new URL('data', import.meta.url));

/** True when MongoDB's cases are at hand. */
export function hasOfficialCases(): boolean {
  return existsSync(OFFICIAL_CASES);
}

/** Names of the case files of a folder, without their ending. */
export function listSpecFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

/** Reads a file afresh: cases change the documents they are given. */
export function readSpecFile(folder: string, name: string): SpecFile {
  return EJSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'), { relaxed: true }) as SpecFile;
}

/** Why a case is not meant for this server; undefined when it is. */
export function unmetRequirement(requirements: Requirement[] | undefined, version: string): string | undefined {
  if (!requirements || requirements.length === 0) return undefined;
  const reasons = requirements.map((requirement) => unmetPart(requirement, version));
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

function unmetPart(requirement: Requirement, version: string): string | undefined {
  const { minServerVersion, maxServerVersion, topologies } = requirement;
  if (topologies && !topologies.includes('replicaset')) return `topology ${topologies.join(' or ')}`;
  if (minServerVersion && compareVersions(version, minServerVersion) < 0) return `server ${minServerVersion} or newer`;
  if (maxServerVersion && compareVersions(version, maxServerVersion) > 0) return `server ${maxServerVersion} or older`;
  if (requirement.auth) return 'authentication';
  if (requirement.csfle) return 'client-side encryption';
  return requirement.serverless === 'require' ? 'serverless' : undefined;
}

function compareVersions(a: string, b: string): number {
  const partsA = a.split('.').map(Number);
  const partsB = b.split('.').map(Number);
  for (let i = 0; i < Math.max(partsA.length, partsB.length); i++) {
    const difference = (partsA[i] ?? 0) - (partsB[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
