/** Says which process may do a piece of work now. Time that has run out is free to be taken. */
export interface LeaseRow {
  /** Name of the work: `outbox:3`. */
  readonly _id: string;
  /** Process that holds it, or held it last. */
  readonly owner: string;
  readonly until: Date;
  /** How often it was taken, for operators. */
  readonly fence: number;
}
