import type { SeededRandom } from '../../src/kernel/random.js';
import type { ServerProcess } from '../support/server-process.js';
import type { LinkRows } from './link-crash-rows.js';

const operations = {
  create: `mutation C($input: ProfileCreateInput!) { answer: profileCreate(input: $input) { profile { id } userErrors { code } } }`,
  notice: `query N($id: ID!) { profile: node(id: $id) { ... on Profile { linkOptions { brand { handle } notice { id } } } } }`,
  enrol: `mutation E($input: CrossBrandLinkEnrolInput!) { answer: crossBrandLinkEnrol(input: $input) { link { id } userErrors { code } } }`,
  activate: `mutation A($input: CrossBrandLinkActivateInput!) { answer: crossBrandLinkActivate(input: $input) { receipt { id } userErrors { code } } }`,
  withdraw: `mutation W($input: CrossBrandLinkWithdrawInput!) { answer: crossBrandLinkWithdraw(input: $input) { withdrawnAt userErrors { code } } }`,
} as const;

/** How far a customer is to come, drawn when they are made. */
export type Wanted = 'INVITED' | 'ACTIVE' | 'WITHDRAWN PENDING' | 'WITHDRAWN ACTIVE';

/** A customer of the asking brand, with what the server has acknowledged so far. */
export interface Customer {
  readonly email: string;
  readonly profileId: string;
  /** Of the inviting brand, where they are a member already. */
  readonly memberId: string | null;
  readonly wanted: Wanted;
  readonly copies: 'KEEP' | 'ERASE_UNTOUCHED';
  /** Global id of the link, once the invitation was acknowledged. */
  linkId: string | null;
  isActivated: boolean;
  isWithdrawn: boolean;
}

interface Payload {
  readonly userErrors: readonly { readonly code: string }[];
  readonly profile?: { readonly id: string } | null;
  readonly link?: { readonly id: string } | null;
}

/** Clients that invite customers of wren to hearth, accept for them, and take it back; they know what they were told. */
export class LinkLoad {
  readonly customers: Customer[] = [];
  acknowledged = 0;
  /** Set before the server is killed: only then may it leave anybody without an answer. */
  isServerGoing = false;
  readonly #token: string;
  readonly #random: SeededRandom;
  #noticeId = '';
  #next = 0;

  constructor(token: string, random: SeededRandom) {
    this.#token = token;
    this.#random = random;
  }

  /** Whether every customer has come as far as was wanted. */
  get isOver(): boolean {
    return this.customers.every((customer) => isDone(customer));
  }

  /** Makes customers, a third of whom are members of the inviting brand already. */
  async populate(server: ServerProcess, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const email = `link-${this.customers.length}@example.org`;
      const profileId = await this.#create(server, 'wren', email);
      const memberId = this.#random.below(3) === 0 ? await this.#create(server, 'hearth', email) : null;
      const wanted = this.#random.pick<Wanted>(['INVITED', 'ACTIVE', 'WITHDRAWN PENDING', 'WITHDRAWN ACTIVE']);
      const copies = this.#random.pick(['KEEP', 'ERASE_UNTOUCHED'] as const);
      this.customers.push({
        ...{ email, profileId, memberId, wanted, copies },
        ...{ linkId: null, isActivated: false, isWithdrawn: false },
      });
    }
    this.#noticeId ||= await this.#notice(server);
  }

  /** Lets clients work side by side, each on the next customer, until the server is gone or all is done. */
  async run(server: ServerProcess, rows: LinkRows, clients: number): Promise<void> {
    const work = async (): Promise<void> => {
      for (let customer = this.#take(); customer !== undefined; customer = this.#take()) {
        try {
          await this.#goOn(server, rows, customer);
        } catch (error) {
          // What was asked of a server that is being killed is sent again to the next one.
          if (this.isServerGoing && !(error instanceof Refused)) return;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
  }

  /** Sends again what has not been answered, and goes on to where each customer was to come. */
  async finish(server: ServerProcess, rows: LinkRows): Promise<void> {
    for (const customer of this.customers.slice(0, this.#next)) await this.#goOn(server, rows, customer);
    this.#next = this.customers.length;
    for (const customer of this.customers) if (!isDone(customer)) await this.#goOn(server, rows, customer);
  }

  #take(): Customer | undefined {
    const customer = this.customers[this.#next];
    this.#next += 1;
    return customer;
  }

  async #goOn(server: ServerProcess, rows: LinkRows, customer: Customer): Promise<void> {
    if (customer.linkId === null) {
      const answer = await this.#ask(server, operations.enrol, this.#enrolInput(customer));
      customer.linkId = answer.link?.id ?? null;
      this.#note(answer, []);
    }
    if (isActivating(customer) && !customer.isActivated) {
      const token = this.#tokens.get(customer.email) ?? (await rows.tokenOf(customer.linkId ?? ''));
      // Once it is used nothing leads to it any more, and its answer may be lost.
      this.#tokens.set(customer.email, token);
      const answer = await this.#ask(server, operations.activate, { token, isAccepted: true }, null);
      // Asked once more after a lost answer, the token has been used: the rows must tell that it was.
      this.#note(answer, ['TOKEN_INVALID']);
      customer.isActivated = true;
    }
    if (customer.wanted.startsWith('WITHDRAWN') && !customer.isWithdrawn) {
      const input = { link: { id: customer.linkId }, copies: customer.copies, idempotencyKey: `end-${customer.email}` };
      this.#note(await this.#ask(server, operations.withdraw, input), []);
      customer.isWithdrawn = true;
    }
  }

  #note(answer: Payload, allowed: readonly string[]): void {
    const codes = answer.userErrors.map(({ code }) => code);
    if (codes.some((code) => !allowed.includes(code))) throw new Refused(codes.join());
    this.acknowledged += 1;
  }

  #enrolInput({ email, profileId }: Customer): object {
    const givenAt = new Date(Date.now() - 1_000).toISOString();
    const known = this.#inputs.get(email);
    const consent = { method: 'VERBAL', isConfirmed: true, noticeId: this.#noticeId, givenAt };
    const input = known ?? { profileId, toBrand: 'hearth', idempotencyKey: `enrol-${email}`, consent };
    // The same key goes with the same words.
    this.#inputs.set(email, input);
    return input;
  }

  readonly #inputs = new Map<string, object>();
  readonly #tokens = new Map<string, string>();

  async #create(server: ServerProcess, brand: string, email: string): Promise<string> {
    const input = { brand, firstName: 'Crash', lastName: 'Tested', email, idempotencyKey: `create-${brand}-${email}` };
    const answer = await this.#ask(server, operations.create, input);
    if (answer.profile === null || answer.profile === undefined) throw new Refused(JSON.stringify(answer.userErrors));
    return answer.profile.id;
  }

  async #notice(server: ServerProcess): Promise<string> {
    interface Options {
      readonly profile: {
        readonly linkOptions: readonly { readonly brand: { handle: string }; readonly notice: { id: string } | null }[];
      };
    }
    const { profile } = await server.data<Options>(
      operations.notice,
      { id: this.customers[0]?.profileId },
      this.#token,
    );
    return profile.linkOptions.find(({ brand }) => brand.handle === 'hearth')?.notice?.id ?? '';
  }

  async #ask(
    server: ServerProcess,
    operation: string,
    input: object,
    token: string | null = this.#token,
  ): Promise<Payload> {
    return (await server.data<{ answer: Payload }>(operation, { input }, token)).answer;
  }
}

/** A client was refused what it must be given. */
export class Refused extends Error {}

function isActivating({ wanted }: Customer): boolean {
  return wanted === 'ACTIVE' || wanted === 'WITHDRAWN ACTIVE';
}

function isDone(customer: Customer): boolean {
  const isEnded = customer.isWithdrawn || !customer.wanted.startsWith('WITHDRAWN');
  return customer.linkId !== null && isEnded && (customer.isActivated || !isActivating(customer));
}
