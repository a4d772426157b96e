/** Limits that several rooms share, each with its reason. */

/** Largest page of a connection: keeps `$lookup` batches below the 5,000 rows that one command may bring. */
export const pageSizeMax = 100;
/** Page size when none is asked for: what Relay and Shopify clients expect. */
export const pageSizeDefault = 20;
/** Accounts of one profile: the planner merges at most 200 ordered scans, and every profile read carries the list. */
export const accountsPerProfileMax = 128;
/** Rows of a bounded child collection that one loader command may bring: one batch, never a `getMore`. */
export const childRowsPerCommandMax = 5_000;
/** Keys of one `$in`: longer lists are cut into several commands. */
export const inKeysMax = 1_000;
/** Identities of one account. */
export const identitiesPerAccountMax = 100;
/** Addresses of one profile. */
export const addressesPerProfileMax = 50;
/** Tags of one profile, as Shopify has it. */
export const tagsPerProfileMax = 250;
/** Custom attributes of one profile. */
export const customAttributesMax = 500;
/** Characters of a name field. */
export const nameLengthMax = 100;
/** Characters of one address line, tag or other short text. */
export const textLengthMax = 255;
/** Characters of an e-mail address (RFC 5321 path limit). */
export const emailLengthMax = 254;
/** Characters of an identifier in another system. */
export const identifierLengthMax = 512;
/** How long the answer of a mutation is remembered under its idempotency key. */
export const idempotencyDays = 30;
