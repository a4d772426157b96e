import { join } from 'node:path';
import mongoose from 'mongoose';
import { expect } from 'vitest';
import type { ClaimRow } from '../../../src/claims/claim.js';
import { startEngine } from '../../../src/embedded/engine.js';
import type { SeededRandom } from '../../../src/kernel/random.js';
import type { ProfileRow } from '../../../src/profiles/profile.js';
import { onCrashSite } from '../../support/crash-site.js';
import type { ServerProcess } from '../../support/server-process.js';
import { until } from '../../support/until.js';
import { brokenRules } from './state-rules.js';

/** Clients that merge side by side. */
const clients = 3;
/** Profiles that a round begins with, each with a sale. */
const profilesPerRound = 16;
/** Time within which a gateway on the folder of a killed one must answer. */
const recoveryMaxMs = 60_000;

const createOne = `mutation C($input: ProfileCreateInput!) { made: profileCreate(input: $input) { profile { id } userErrors { code } } }`;
const sellOne = `mutation S($input: TransactionIngestInput!) { made: transactionIngest(input: $input) { transaction { id } userErrors { code } } }`;
const preview = `query P($input: MergePreviewInput!) { mergePreview(input: $input) { hash isMergeable } }`;
const mergeOne = `mutation M($input: ProfileMergeInput!) { merged: profileMerge(input: $input) { merge { id } userErrors { code } } }`;

/** A merge that was asked for; null as long as nobody has answered. */
interface Asked {
  readonly input: { readonly idempotencyKey: string };
  mergeId: string | null;
  codes: readonly string[] | null;
}

/** Lets clients merge, kills the gateway, lets another take over the folder, and looks at the raw rows; so many times. */
export async function mergeCrashRounds(rounds: number, seed: number): Promise<void> {
  await onCrashSite('merge crash rounds', seed, async (site) => {
    const { admin, random, folder } = site;
    const load = new MergeLoad(admin, random);
    for (let round = 1; round <= rounds; round += 1) {
      await load.populate(site.server, round);
      const killAt = load.answered + 1 + random.below(8);
      const working = load.run(site.server, clients);
      await until(`${killAt} merges are answered`, () => load.answered >= killAt || load.isOver, 60_000);
      await site.server.end('SIGKILL');
      await working;
      const killedAtMs = Date.now();
      await load.sendPending(await site.serveAgain());
      const recoveryMs = Date.now() - killedAtMs;
      process.stdout.write(`round ${round}: ${load.answered} merges answered, recovered in ${recoveryMs} ms\n`);
      expect(recoveryMs).toBeLessThan(recoveryMaxMs);
      await site.server.end('SIGTERM');
      expect(await brokenRows(join(folder, 'data'), load.mergeIds()), `seed ${seed}, round ${round}`).toEqual([]);
      await site.serveAgain();
    }
  });
}

/** What is wrong with the rows as they lie in the folder. */
async function brokenRows(folder: string, mergeIds: ReadonlySet<string>): Promise<string[]> {
  const engine = await startEngine({ folder, isInline: true });
  const connection = await mongoose
    .createConnection(engine.uri('kindred_wren'), { dbName: 'kindred_wren' })
    .asPromise();
  try {
    const rows = async (name: string) =>
      (await connection.collection(name).find({}).toArray()) as unknown as (Record<string, unknown> & {
        _id: string;
      })[];
    const byId = <Row>(list: readonly { _id: string }[]) => new Map(list.map((row) => [row._id, row as Row]));
    const profiles = byId<ProfileRow>(await rows('profiles'));
    const state = { profiles, claims: byId<ClaimRow>(await rows('claims')) };
    const [merges, audit, outbox, sales] = [
      await rows('merges'),
      await rows('audit'),
      await rows('outbox'),
      await rows('transactions'),
    ];
    const told = outbox.filter((row) => row['kind'] === 'profile.merged').length;
    const audited = audit.filter((row) => row['action'] === 'profileMerge').length;
    const merged = [...profiles.values()].filter(({ state: each }) => each === 'MERGED').length;
    const counts = new Set([merges.length, told, audited, merged, mergeIds.size]);
    return [
      ...brokenRules(state),
      ...(counts.size === 1
        ? []
        : [
            `I8: ${merges.length} merges, ${told} told, ${audited} audited, ${merged} losers, ${mergeIds.size} answered`,
          ]),
      ...(sales.length === profiles.size ? [] : [`I2: ${sales.length} sales of ${profiles.size} profiles`]),
    ];
  } finally {
    await connection.close();
    await engine.close();
  }
}

class MergeLoad {
  isOver = false;
  readonly #asked: Asked[] = [];
  readonly #token: string;
  readonly #random: SeededRandom;
  #ids: string[] = [];

  constructor(token: string, random: SeededRandom) {
    this.#token = token;
    this.#random = random;
  }

  get answered(): number {
    return this.#asked.filter(({ codes }) => codes !== null).length;
  }

  mergeIds(): Set<string> {
    return new Set(this.#asked.flatMap(({ mergeId }) => mergeId ?? []));
  }

  async populate(server: ServerProcess, round: number): Promise<void> {
    this.#ids = [];
    this.isOver = false;
    for (let n = 0; n < profilesPerRound; n += 1) {
      const email = `r${round}-p${n}@example.org`;
      const created = await server.data<{ made: { profile: { id: string } } }>(
        createOne,
        { input: { brand: 'wren', lastName: 'Crash', email } },
        this.#token,
      );
      const profileId = created.made.profile.id;
      const total = { amount: '10.00', currencyCode: 'AUD' };
      const sale = {
        brand: 'wren',
        system: 'pos',
        externalId: email,
        customer: { profileId },
        total,
        transactedAt: '2026-03-04T05:06:07.089Z',
      };
      await server.data(sellOne, { input: sale }, this.#token);
      this.#ids.push(profileId);
    }
  }

  /** Merges pairs of this round's people, drawn at random, until the gateway is gone or one is left. */
  async run(server: ServerProcess, count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#work(server)));
    this.isOver = true;
  }

  async #work(server: ServerProcess): Promise<void> {
    for (let n = 0; n < profilesPerRound * 2; n += 1) {
      const [loserId, winnerId] = [this.#random.pick(this.#ids), this.#random.pick(this.#ids)];
      if (loserId === winnerId) continue;
      try {
        const input = { loser: { id: loserId }, winner: { id: winnerId } };
        const shown = await server.data<{ mergePreview: { hash: string; isMergeable: boolean } | null }>(
          preview,
          { input },
          this.#token,
        );
        if (shown.mergePreview?.isMergeable !== true) continue;
        const idempotencyKey = `crash-${this.#asked.length}-${loserId}`;
        const asked: Asked = {
          input: {
            loserId,
            winnerId,
            planHash: shown.mergePreview.hash,
            isSamePersonConfirmed: true,
            idempotencyKey,
          } as Asked['input'],
          mergeId: null,
          codes: null,
        };
        this.#asked.push(asked);
        await this.#send(server, asked);
      } catch {
        // The gateway was killed: what was asked and not answered is sent again to the next one.
        return;
      }
    }
  }

  async sendPending(server: ServerProcess): Promise<void> {
    for (const asked of this.#asked.filter(({ codes }) => codes === null)) await this.#send(server, asked);
  }

  async #send(server: ServerProcess, asked: Asked): Promise<void> {
    const { merged } = await server.data<{ merged: { merge: { id: string } | null; userErrors: { code: string }[] } }>(
      mergeOne,
      { input: asked.input },
      this.#token,
    );
    asked.mergeId = merged.merge?.id ?? null;
    asked.codes = merged.userErrors.map(({ code }) => code);
  }
}
