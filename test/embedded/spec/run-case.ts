import { type Document, EJSON } from 'bson';
import { type Client, Entities } from './entities.js';
import { type DriverError, errorMismatch, serverCode } from './expect-error.js';
import { mismatch } from './match-result.js';
import { runOnClient, runOnCollection, runOnDatabase, runOnSession, withSession } from './operations.js';
import {
  type Case,
  type CollectionContent,
  type ExpectedEvents,
  type Operation,
  type SpecFile,
  unmetRequirement,
} from './unified-format.js';

/** How a case went. `deviated`: with the code, if an error of the server is what made it deviate. */
export type Verdict =
  | { kind: 'passed' }
  | { kind: 'skipped'; reason: string }
  | { kind: 'deviated'; code: number | undefined; message: string };

/** A server under test. */
export interface Target {
  uri: string;
  /** A client of the runner's own, to prepare and to look afterwards. */
  client: Client;
  version: string;
}

/** An answer that the case does not expect. */
class Deviation extends Error {
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

/** How long a write that nobody acknowledges may take to show up. */
const UNACKNOWLEDGED_MS = 2000;

/** Runs one case against a server: prepares the documents, carries out the operations, looks at the outcome. */
export async function runCase(target: Target, file: SpecFile, test: Case): Promise<Verdict> {
  const unmet =
    unmetRequirement(file.runOnRequirements, target.version) ??
    unmetRequirement(test.runOnRequirements, target.version);
  if (unmet) return { kind: 'skipped', reason: unmet };
  if (test.skipReason) return { kind: 'skipped', reason: 'told by the case itself' };
  for (const content of file.initialData ?? []) await prepare(target.client, content);
  const run = new CaseRun(target);
  try {
    await run.entities.create(file.createEntities ?? []);
    for (const [position, operation] of test.operations.entries()) {
      try {
        await run.perform(operation);
      } catch (error) {
        if (position === 0) await checkUntouched(target.client, operation, file.initialData ?? []);
        throw error;
      }
    }
    for (const events of test.expectEvents ?? []) run.checkEvents(events);
    for (const content of test.outcome ?? []) await run.checkOutcome(content);
    return { kind: 'passed' };
  } catch (error) {
    if (error instanceof Deviation) return { kind: 'deviated', code: error.code, message: error.message };
    throw error;
  } finally {
    await run.entities.close();
    // A client that lost its connection last does not end its sessions, and the next case would wait for what they hold.
    const endSessions = [...run.entities.sessions.values()].map((session) => session.id);
    if (endSessions.length > 0) await target.client.db('admin').command({ endSessions });
    await target.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
  }
}

async function prepare(client: Client, content: CollectionContent): Promise<void> {
  const database = client.db(content.databaseName);
  await database.collection(content.collectionName).drop();
  await database.createCollection(content.collectionName, content.createOptions ?? {});
  if (content.documents.length === 0) return;
  await database.collection(content.collectionName).insertMany(content.documents.map((document) => ({ ...document })));
}

async function documentsOf(client: Client, content: CollectionContent): Promise<Document[]> {
  return client.db(content.databaseName).collection(content.collectionName).find({}).sort({ _id: 1 }).toArray();
}

const PARTLY_DONE = new Set(['bulkWrite', 'insertMany', 'withTransaction']);

/** What was refused must have changed nothing. */
async function checkUntouched(client: Client, operation: Operation, contents: CollectionContent[]): Promise<void> {
  if (PARTLY_DONE.has(operation.name)) return;
  for (const content of contents) {
    const documents = await documentsOf(client, content);
    if (EJSON.stringify(documents) !== EJSON.stringify(content.documents)) {
      throw new Deviation(`${operation.name} was refused and has changed documents all the same`);
    }
  }
}

/** Fail points of the server that are made of the engine's own. */
function translateFailPoint(failPoint: Document): Document {
  if (failPoint['configureFailPoint'] !== 'onPrimaryTransactionalWrite') return failPoint;
  const isBefore = failPoint['data']?.failBeforeCommitExceptionCode !== undefined;
  return {
    configureFailPoint: 'failCommand',
    mode: failPoint['mode'],
    data: {
      failCommands: ['insert', 'update', 'delete', 'findAndModify'],
      closeConnection: true,
      moment: isBefore ? 'before' : 'afterCommit',
    },
  };
}

/** This driver limits the wait for a commit's acknowledgement by itself; the cases do not know that. */
function withoutTimeout(command: Document, wanted: Document): Document {
  const isExpected = wanted['writeConcern']?.wtimeout !== undefined;
  if (isExpected || command?.['writeConcern']?.wtimeout === undefined) return command;
  const { wtimeout: _, ...writeConcern } = command['writeConcern'];
  return { ...command, writeConcern };
}

class CaseRun {
  readonly entities: Entities;
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
    this.entities = new Entities(target.uri);
  }

  async perform(operation: Operation, isInCallback = false): Promise<void> {
    let result: unknown;
    try {
      result = await this.#ask(operation);
    } catch (caught) {
      if (caught instanceof Deviation) throw caught;
      const error = caught as DriverError;
      // Inside a callback the driver has to see its own error, to decide whether to try again.
      if (isInCallback && !operation.expectError) throw error;
      if (operation.ignoreResultAndError) return;
      if (!operation.expectError) {
        throw new Deviation(`${operation.name}: ${error.constructor.name}: ${error.message}`, serverCode(error));
      }
      const found = errorMismatch(operation.expectError, error, this.entities);
      if (found) throw new Deviation(`${operation.name}: ${found}`, serverCode(error));
      if (isInCallback) throw error;
      return;
    }
    if (operation.ignoreResultAndError) return;
    if (operation.expectError) throw new Deviation(`${operation.name}: wanted an error, got success`);
    if (operation.expectResult === undefined) return;
    const found = mismatch(operation.expectResult, result, this.entities);
    if (found) throw new Deviation(`${operation.name}: ${found}`);
  }

  async #ask(operation: Operation): Promise<unknown> {
    const { object, name } = operation;
    const { entities } = this;
    if (object === 'testRunner') return this.#askRunner(name, operation.arguments ?? {});
    const options = withSession(entities, operation.arguments);
    const collection = entities.collections.get(object);
    if (collection) return runOnCollection(collection, name, options);
    const database = entities.databases.get(object);
    if (database) return runOnDatabase(database, name, options);
    const client = entities.clients.get(object);
    if (client) return runOnClient(client, name, options);
    const session = entities.sessions.get(object);
    if (!session) throw new Error(`the operation ${name} on ${object} is unknown to this runner`);
    return runOnSession(session, name, operation.arguments ?? {}, async () => {
      const steps: Operation[] = operation.arguments?.['callback'] ?? [];
      for (const step of steps) await this.perform(step, true);
    });
  }

  async #askRunner(name: string, options: Document): Promise<void> {
    switch (name) {
      case 'failPoint':
      case 'targetedFailPoint':
        await this.#target.client.db('admin').command(translateFailPoint(options['failPoint']));
        return;
      case 'createEntities':
        return this.entities.create(options['entities']);
      case 'assertIndexExists':
      case 'assertIndexNotExists':
        return this.#checkIndex(options, name === 'assertIndexExists');
      case 'assertSessionTransactionState': {
        const { transaction } = this.entities.session(options['session']) as unknown as {
          transaction: { state: string };
        };
        const wanted = String(options['state']);
        if (
          !transaction.state
            .toLowerCase()
            .includes(wanted.replace('none', 'no_transaction').replace('starting', 'starting'))
        ) {
          throw new Deviation(`wanted the transaction state ${wanted}, got ${transaction.state}`);
        }
        return;
      }
      case 'assertSessionUnpinned':
      case 'assertSessionPinned': {
        const { isPinned } = this.entities.session(options['session']) as unknown as { isPinned: boolean };
        if (isPinned !== (name === 'assertSessionPinned')) throw new Deviation(`${name} does not hold`);
        return;
      }
      default:
        throw new Error(`the runner's operation ${name} is unknown`);
    }
  }

  async #checkIndex(options: Document, isWanted: boolean): Promise<void> {
    const database = this.#target.client.db(options['databaseName']);
    const collections = await database.listCollections({ name: options['collectionName'] }).toArray();
    const indexes = collections.length > 0 ? await database.collection(options['collectionName']).indexes() : [];
    if (indexes.some((index) => index.name === options['indexName']) === isWanted) return;
    throw new Deviation(`the index ${options['indexName']}: wanted exists ${isWanted}`);
  }

  checkEvents(expected: ExpectedEvents): void {
    const seen = this.entities.events.get(expected.client) ?? [];
    for (const [position, wanted] of expected.events.entries()) {
      const [kind] = Object.keys(wanted) as [string];
      const actual = seen[position];
      if (actual?.kind !== kind) throw new Deviation(`event ${position}: wanted ${kind}, got ${actual?.kind}`);
      for (const name of ['commandName', 'databaseName', 'command', 'reply']) {
        if (wanted[kind]?.[name] === undefined) continue;
        const found = mismatch(
          wanted[kind][name],
          withoutTimeout(actual.event[name], wanted[kind][name]),
          this.entities,
        );
        if (found) throw new Deviation(`event ${position}, ${name}: ${found}`);
      }
    }
    if (seen.length > expected.events.length) throw new Deviation(`wanted ${expected.events.length} events, got more`);
  }

  async checkOutcome(content: CollectionContent): Promise<void> {
    const giveUpAt = Date.now() + (this.entities.hasUnacknowledged ? UNACKNOWLEDGED_MS : 0);
    for (;;) {
      const documents = await documentsOf(this.#target.client, content);
      const wanted = EJSON.stringify(content.documents);
      if (wanted === EJSON.stringify(documents)) return;
      if (Date.now() > giveUpAt) {
        throw new Deviation(`${content.collectionName}: wanted ${wanted}, got ${EJSON.stringify(documents)}`);
      }
    }
  }
}
