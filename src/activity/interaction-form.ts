import type { Brand } from '../brands/brand.js';
import type { InteractionErrorCode, InteractionIngestInput } from '../generated/resolvers-types.js';
import { IngestForm, type NamedCustomer } from './ingest-form.js';
import type { InteractionContent } from './interaction.js';

/** Bytes of what is told beside an interaction: a page of a hundred of them, nested in fifty profiles, still fits into an answer. */
const metaBytesMax = 4_096;
/** Levels of objects and lists in it. */
const metaDepthMax = 4;

/** An interaction that has the right form. */
export interface SentInteraction {
  readonly content: InteractionContent;
  readonly customer: NamedCustomer;
  /** What is told beside it, as JSON text of an object. */
  readonly meta: string | null;
}

/**
 * Checks an interaction and puts it into canonical form, without asking a database.
 * @throws Refusal with every mistake that was found; AppError `BAD_USER_INPUT` for an id of another kind.
 */
export function readInteraction(brand: Brand, input: InteractionIngestInput, now: Date): SentInteraction {
  return new InteractionForm(brand, now).read(input);
}

class InteractionForm extends IngestForm<InteractionErrorCode> {
  read(input: InteractionIngestInput): SentInteraction {
    const content: InteractionContent = {
      system: this.system(input.system),
      externalId: this.text(input.externalId, ['externalId']),
      action: input.action,
      channel: input.channel,
      signal: this.#signal(input.signal ?? 0),
      name: this.text(input.name, ['name']),
      namespace: this.text(input.namespace, ['namespace']),
      locationCode: this.optionalText(input.locationCode, ['locationCode']),
      interactedAt: this.instant(input.interactedAt, ['interactedAt'], 'INTERACTION_FUTURE'),
    };
    const meta = this.#meta(input.meta);
    const customer = this.customer(input.customer);
    if (customer === null) this.refuse('INVALID_VALUE', 'Needs a profile or an identity', ['customer']);
    this.requireNoMistake();
    return { content, customer: customer as NamedCustomer, meta };
  }

  #signal(signal: number): -1 | 0 | 1 {
    if (signal === -1 || signal === 0 || signal === 1) return signal;
    this.refuse('INVALID_VALUE', `Needs -1, 0 or 1; got ${signal}`, ['signal']);
    return 0;
  }

  #meta(meta: unknown): string | null {
    if (meta === null || meta === undefined) return null;
    if (typeof meta !== 'object' || Array.isArray(meta)) {
      this.refuse('INVALID_VALUE', 'Needs a JSON object', ['meta']);
      return null;
    }
    if (!isWithinDepth(meta, metaDepthMax)) {
      this.refuse('INVALID_VALUE', `Needs a JSON object of at most ${metaDepthMax} levels`, ['meta']);
      return null;
    }
    const text = JSON.stringify(meta);
    const bytes = Buffer.byteLength(text);
    if (bytes > metaBytesMax) {
      this.refuse('INVALID_VALUE', `Needs a JSON object of at most ${metaBytesMax} bytes; got ${bytes}`, ['meta']);
    }
    return text;
  }
}

function isWithinDepth(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  return levels > 0 && Object.values(value).every((each) => isWithinDepth(each, levels - 1));
}
