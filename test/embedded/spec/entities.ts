import type { Document } from 'bson';
import mongoose from 'mongoose';
import type { MatchContext } from './match-result.js';

const { MongoClient } = mongoose.mongo;
export type Client = InstanceType<typeof MongoClient>;
export type Db = ReturnType<Client['db']>;
export type Collection = ReturnType<Db['collection']>;
export type Session = ReturnType<Client['startSession']>;

/** A command a client has sent, or how it went. */
export interface CommandEvent {
  kind: string;
  event: Document;
}

/** Commands that are the driver's or the runner's own business. */
const UNSEEN = new Set(['hello', 'isMaster', 'ismaster', 'configureFailPoint', 'endSessions']);

/** The clients, databases, collections and sessions of one case. */
export class Entities implements MatchContext {
  readonly clients = new Map<string, Client>();
  readonly databases = new Map<string, Db>();
  readonly collections = new Map<string, Collection>();
  readonly sessions = new Map<string, Session>();
  readonly events = new Map<string, CommandEvent[]>();
  /** Some write of the case is not acknowledged: what it did shows up a moment later. */
  hasUnacknowledged = false;
  readonly #uri: string;

  constructor(uri: string) {
    this.#uri = uri;
  }

  async create(entities: readonly Document[]): Promise<void> {
    for (const entity of entities) {
      const [kind] = Object.keys(entity) as [string];
      const spec = entity[kind] as Document;
      if (kind === 'client') await this.#createClient(spec);
      else if (kind === 'database') {
        const options = toConcerns(spec['databaseOptions']);
        this.databases.set(spec['id'], need(this.clients, spec['client']).db(spec['databaseName'], options));
      } else if (kind === 'collection') {
        const database = need(this.databases, spec['database']);
        if (spec['collectionOptions']?.writeConcern?.w === 0) this.hasUnacknowledged = true;
        const options = toConcerns(spec['collectionOptions']);
        this.collections.set(spec['id'], database.collection(spec['collectionName'], options));
      } else if (kind === 'session') {
        const client = need(this.clients, spec['client']);
        this.sessions.set(spec['id'], client.startSession(toSessionOptions(spec['sessionOptions'])));
      } else throw new Error(`the entity ${kind} is unknown to this runner`);
    }
  }

  async #createClient(spec: Document): Promise<void> {
    const uri = new URL(this.#uri);
    for (const [name, value] of Object.entries(spec['uriOptions'] ?? {})) uri.searchParams.set(name, String(value));
    // A lost connection is looked at again at once instead of after half a second.
    const quick = { heartbeatFrequencyMS: 1000, minHeartbeatFrequencyMS: 5 };
    const client = new MongoClient(uri.href, { ...quick, monitorCommands: true, maxPoolSize: 4 });
    const wanted = new Set<string>(spec['observeEvents'] ?? []);
    const seen: CommandEvent[] = [];
    const observe = (kind: string) => (event: { commandName: string }) => {
      if (wanted.has(kind) && !UNSEEN.has(event.commandName)) seen.push({ kind, event: { ...event } });
    };
    client.on('commandStarted', observe('commandStartedEvent'));
    client.on('commandSucceeded', observe('commandSucceededEvent'));
    client.on('commandFailed', observe('commandFailedEvent'));
    this.events.set(spec['id'], seen);
    this.clients.set(spec['id'], await client.connect());
  }

  session(id: string): Session {
    return need(this.sessions, id);
  }

  lsidOf(session: string): unknown {
    return this.session(session).id;
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) await session.endSession();
    for (const client of this.clients.values()) await client.close();
  }
}

/** The entity with this id. */
export function need<T>(entities: ReadonlyMap<string, T>, id: unknown): T {
  const entity = entities.get(String(id));
  if (!entity) throw new Error(`the case names no entity ${String(id)}`);
  return entity;
}

/** Concerns and read preference in the driver's form. */
export function toConcerns(options: Document | undefined): Document {
  const { readPreference, ...rest } = options ?? {};
  if (!readPreference) return rest;
  return { ...rest, readPreference: mongoose.mongo.ReadPreference.fromOptions({ readPreference }) };
}

function toSessionOptions(options: Document | undefined): Document {
  if (!options?.['defaultTransactionOptions']) return options ?? {};
  return { ...options, defaultTransactionOptions: toConcerns(options['defaultTransactionOptions']) };
}
