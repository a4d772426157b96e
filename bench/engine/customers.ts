import { createHash } from 'node:crypto';
import { type Connection, type Model, Schema } from 'mongoose';

/** A row as wide as a customer of a brand: forty fields, about 640 bytes of BSON. */
export interface BenchCustomer {
  readonly _id: string;
  readonly version: number;
  readonly account: string;
  readonly at: Date;
  readonly tier: string;
  readonly points: number;
  readonly [field: string]: unknown;
}

/** A row whose `_id` is the digest of what it claims. */
export interface BenchClaim {
  readonly _id: string;
  readonly profileId: string;
}

/** The two collections that are measured. */
export interface BenchModels {
  readonly customers: Model<BenchCustomer>;
  readonly claims: Model<BenchClaim>;
}

/** Rows that share one account: what an indexed list of the newest of them has to choose from. */
const rowsPerAccount = 50;

const tiers = ['bronze', 'silver', 'gold', 'black', 'none', 'staff', 'trial'];

const fillerFields = 32;

/** Key of row number n. */
export function customerId(n: number): string {
  return `c${String(n).padStart(8, '0')}`;
}

/** Key of claim number n: thirty-two hexadecimal digits. */
export function claimId(n: number): string {
  return createHash('sha256').update(`claim ${n}`).digest('hex').slice(0, 32);
}

/** Account of row number n. */
export function accountOf(n: number): string {
  return `account-${Math.floor(n / rowsPerAccount)}`;
}

/** Row number n. */
export function benchCustomer(n: number): BenchCustomer {
  const filler: Record<string, unknown> = {};
  for (let field = 0; field < fillerFields; field += 1) {
    filler[`f${String(field).padStart(2, '0')}`] = field % 4 === 0 ? n * field : `v${(n * 31 + field) % 9973}`;
  }
  return {
    _id: customerId(n),
    version: 1,
    account: accountOf(n),
    at: new Date(1_700_000_000_000 + ((n * 7919) % 100_003) * 1000),
    tier: tiers[n % tiers.length] as string,
    points: n % 1000,
    ...filler,
    tags: ['news', `t${n % 9}`],
    isActive: n % 3 !== 0,
  };
}

/** The models on a connection; indexes as declared, built by the first `createIndexes`. */
export function benchModels(connection: Connection): BenchModels {
  const options = { strict: false, versionKey: false, autoIndex: false, autoCreate: false } as const;
  const customers = new Schema<BenchCustomer>({ _id: String, version: Number, account: String, at: Date }, options);
  customers.index({ account: 1, at: 1, _id: 1 });
  customers.index({ tier: 1 });
  const claims = new Schema<BenchClaim>({ _id: String, profileId: String }, options);
  return {
    customers: connection.model<BenchCustomer>('Customer', customers),
    claims: connection.model<BenchClaim>('Claim', claims),
  };
}
