import crypto from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';

const require = createRequire(import.meta.url);
/** As the driver sees it: a property looked up at every call. */
const promisedTimers = require('node:timers/promises') as { setTimeout: unknown };

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  random: Math.random,
  randomUUID: crypto.randomUUID,
  stackTraceLimit: Error.stackTraceLimit,
  promisedTimeout: promisedTimers.setTimeout,
  deflateRawSync: zlib.deflateRawSync,
};

/** Whoever draws ids now; nobody outside a history. */
let drawer: ControlledGlobals | null = null;
// Once and for all: putting a named export back and forth costs more than a short history.
crypto.randomUUID = (options) => drawer?.nextId() ?? real.randomUUID(options);
/** The same few snapshots are packed over and over, and setting up a compression takes longer than all else of a merge. */
const packed = new Map<string, Buffer>();
const packedMax = 5_000;
zlib.deflateRawSync = ((content: Uint8Array, options?: zlib.ZlibOptions): Buffer => {
  if (drawer === null || options !== undefined) return real.deflateRawSync(content, options);
  const key = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  const known = packed.get(key);
  if (known !== undefined) return known;
  const made = real.deflateRawSync(content);
  if (packed.size === packedMax) packed.clear();
  packed.set(key, made);
  return made;
}) as typeof zlib.deflateRawSync;
syncBuiltinESMExports();

interface Waiting {
  readonly actor: number;
  readonly fire: () => void;
}

/**
 * Time, chance and turns of the event loop, taken over while a history runs: everything that could make two runs of the
 * same choices differ. Ids are drawn per actor, so that they do not depend on how actors are interleaved.
 */
export class ControlledGlobals {
  readonly #actor: () => number;
  readonly #epoch: number;
  readonly #drawn = new Map<number, number>();
  #immediates: Waiting[] = [];
  #timers: Waiting[] = [];

  constructor(actor: () => number, epoch: number) {
    this.#actor = actor;
    this.#epoch = epoch;
  }

  install(): void {
    const wait =
      (list: () => Waiting[]) =>
      (fire: (...args: unknown[]) => void, _ms?: number, ...args: unknown[]) => {
        const waiting = { actor: this.#actor(), fire: () => fire(...args), unref: () => waiting };
        list().push(waiting);
        return waiting;
      };
    Object.assign(globalThis, {
      setTimeout: wait(() => this.#timers),
      clearTimeout: (waiting: Waiting) => {
        this.#timers = this.#timers.filter((each) => each !== waiting);
      },
      setImmediate: (fire: () => void) => wait(() => this.#immediates)(fire),
    });
    promisedTimers.setTimeout = () =>
      new Promise<void>((resolve) => {
        this.#timers.push({ actor: this.#actor(), fire: resolve });
      });
    Math.random = () => 0.5;
    // Nobody reads the stacks of thousands of conflicts.
    Error.stackTraceLimit = 0;
    drawer = this;
  }

  restore(): void {
    Object.assign(globalThis, {
      setTimeout: real.setTimeout,
      clearTimeout: real.clearTimeout,
      setImmediate: real.setImmediate,
    });
    promisedTimers.setTimeout = real.promisedTimeout;
    Math.random = real.random;
    Error.stackTraceLimit = real.stackTraceLimit;
    drawer = null;
  }

  /** Lets everything go on that waits for no command; timers fire only when nothing else can. */
  async quiesce(becomeActor: (actor: number) => void): Promise<void> {
    for (;;) {
      await new Promise((resolve) => real.setImmediate(resolve));
      const next = this.#immediates.shift() ?? this.#timers.shift();
      if (next === undefined) return;
      becomeActor(next.actor);
      next.fire();
    }
  }

  /** An id that the actor has not drawn before, the same in every run. */
  nextId(): `${string}-${string}-${string}-${string}-${string}` {
    const actor = this.#actor();
    const n = (this.#drawn.get(actor) ?? 0) + 1;
    this.#drawn.set(actor, n);
    // Spread over the first digits, where ids differ in real life.
    const mixed = Math.imul(n, 0x9e37_79b1) ^ Math.imul(actor + 1, 0x85eb_ca6b);
    const first = (mixed >>> 0).toString(16).padStart(8, '0');
    const owner = (this.#epoch * 256 + actor).toString(16).padStart(4, '0');
    return `${first}-${owner}-4000-8000-${n.toString(16).padStart(12, '0')}`;
  }
}
