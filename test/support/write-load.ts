import type { SeededRandom } from '../../src/kernel/random.js';
import type { ServerProcess } from './server-process.js';

const operations = {
  profile:
    'mutation P($input: ProfileCreateInput!) { written: profileCreate(input: $input) { row: profile { id } userErrors { code } } }',
  card: 'mutation C($input: IdentityAddInput!) { written: identityAdd(input: $input) { row: identity { id } userErrors { code } } }',
  sale: 'mutation S($input: TransactionIngestInput!) { written: transactionIngest(input: $input) { row: transaction { id } userErrors { code } } }',
} as const;

/** One write that a client has sent. */
interface Write {
  readonly kind: keyof typeof operations;
  /** E-mail, card number or number of the sale: what it is found by. */
  readonly name: string;
  /** E-mail of the profile that a card or a sale belongs to. */
  readonly owner: string;
  readonly input: object;
  /** Id that the server has answered with; null as long as it has not. */
  id: string | null;
}

/** What a profile holds, by the names of its writes. */
interface Holding {
  readonly id: string;
  readonly cards: readonly string[];
  readonly sales: readonly string[];
}

interface Page {
  readonly profiles: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly nodes: readonly {
      readonly id: string;
      readonly email: string;
      readonly identities: { readonly nodes: readonly { readonly identifier: string }[] };
      readonly transactions: { readonly nodes: readonly { readonly externalId: string }[] };
    }[];
  };
}

/** Clients that create profiles, cards and sales in one brand, and know exactly what they were told. */
export class WriteLoad {
  readonly #writes: Write[] = [];
  readonly #random: SeededRandom;
  readonly #token: string;

  constructor(random: SeededRandom, token: string) {
    this.#random = random;
    this.#token = token;
  }

  get acknowledged(): number {
    return this.#writes.filter((write) => write.id !== null).length;
  }

  /** Lets clients write side by side until the server is gone. */
  async run(server: ServerProcess, clients: number): Promise<void> {
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (await this.#send(server, this.#next())) {
          // The answer is noted; on to the next write.
        }
      }),
    );
  }

  /** Sends what has not been answered once more, as a client does that lost its connection. */
  async sendPending(server: ServerProcess): Promise<void> {
    for (const write of this.#writes.filter((each) => each.id === null)) {
      if (!(await this.#send(server, write))) throw new Error(`No answer to a repeated ${write.kind}`);
    }
  }

  /** Sends some of the acknowledged writes again; gives those that were answered with another id. */
  async repeated(server: ServerProcess, count: number): Promise<string[]> {
    const wrong: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const write = this.#random.pick(this.#writes);
      const { id } = write;
      await this.#send(server, write);
      if (write.id !== id) wrong.push(`${write.kind} ${write.name}`);
    }
    return wrong;
  }

  /** What should be there: everything acknowledged, each thing once. */
  expected(): Record<string, Holding> {
    const names = (kind: Write['kind'], owner: string) =>
      this.#writes
        .filter((each) => each.kind === kind && each.owner === owner && each.id !== null)
        .map((each) => each.name);
    const profiles = this.#writes.filter((each) => each.kind === 'profile' && each.id !== null);
    return Object.fromEntries(
      profiles.map(({ name, id }) => [
        name,
        { id: id as string, cards: names('card', name).sort(), sales: names('sale', name).sort() },
      ]),
    );
  }

  /** Acknowledged writes that are not among what is there. */
  missingFrom(found: Readonly<Record<string, Holding>>): string[] {
    return Object.entries(this.expected()).flatMap(([email, { id, cards, sales }]) => {
      const there = found[email];
      if (there === undefined || there.id !== id) return [email];
      return [
        ...cards.filter((card) => !there.cards.includes(card)),
        ...sales.filter((sale) => !there.sales.includes(sale)),
      ];
    });
  }

  /** What is there. A profile that is there twice fails at once. */
  async found(server: ServerProcess): Promise<Record<string, Holding>> {
    const found: Record<string, Holding> = {};
    for (let after: string | null = null, hasMore = true; hasMore; ) {
      const { profiles }: Page = await server.data<Page>(
        `query Page($after: String) { profiles(brand: "wren", first: 20, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { id email identities(first: 100) { nodes { identifier } } transactions(first: 100) { nodes { externalId } } } } }`,
        { after },
        this.#token,
      );
      for (const { id, email, identities, transactions } of profiles.nodes) {
        if (found[email] !== undefined) throw new Error(`Two profiles have the e-mail of one: ${email}`);
        found[email] = {
          id,
          cards: identities.nodes.map((each) => each.identifier).sort(),
          sales: transactions.nodes.map((each) => each.externalId).sort(),
        };
      }
      hasMore = profiles.pageInfo.hasNextPage;
      after = profiles.pageInfo.endCursor;
    }
    return found;
  }

  /** Gives false when the server is gone. */
  async #send(server: ServerProcess, write: Write): Promise<boolean> {
    let answer: Awaited<ReturnType<typeof server.ask<{ written: { row: { id: string } | null } | null } | null>>>;
    try {
      answer = await server.ask(operations[write.kind], { input: write.input }, this.#token);
    } catch {
      return false;
    }
    const row = answer.data?.written?.row ?? null;
    if (row === null) throw new Error(`A ${write.kind} was refused: ${answer.text}`);
    write.id = row.id;
    return true;
  }

  #next(): Write {
    const profiles = this.#writes.filter((write) => write.kind === 'profile' && write.id !== null);
    const kind = profiles.length === 0 ? 'profile' : this.#random.pick(['profile', 'card', 'sale', 'sale'] as const);
    const number = this.#writes.length + 1;
    const owner = kind === 'profile' ? null : this.#random.pick(profiles);
    const name = kind === 'profile' ? `p${number}@example.org` : `${kind}-${number}`;
    const write: Write = {
      kind,
      name,
      owner: owner?.name ?? name,
      input: inputOf(kind, name, owner?.id ?? ''),
      id: null,
    };
    this.#writes.push(write);
    return write;
  }
}

function inputOf(kind: Write['kind'], name: string, profileId: string): object {
  if (kind === 'profile') return { brand: 'wren', lastName: 'Load', email: name, idempotencyKey: `key-${name}` };
  if (kind === 'card') {
    return { profileId, identity: { handle: 'loyalty-card', identifier: name }, idempotencyKey: `key-${name}` };
  }
  const total = { amount: '10.00', currencyCode: 'AUD' };
  const transactedAt = '2026-03-04T05:06:07.089Z';
  return { brand: 'wren', system: 'pos', externalId: name, customer: { profileId }, total, transactedAt };
}
