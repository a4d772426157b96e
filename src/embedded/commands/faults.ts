import { type Document, isDocument } from '../bson/value.js';
import { badValue, EngineError, ERROR_CODES } from '../engine-error.js';
import { checkFields, documentOption, numberOption } from './options.js';

/** What a fail point does to the commands it names. */
export interface Fault {
  /** Names of the commands, or `*`. */
  commands: ReadonlySet<string>;
  /** Times it still strikes; Infinity for always. */
  timesLeft: number;
  /** Commands let through before the first strike. */
  skipsLeft: number;
  /** Share of commands struck, 0 to 1, drawn from a seeded sequence. */
  probability: number;
  /** `before` nothing happened yet; `afterCommit` the command has applied, its reply is lost. */
  moment: 'before' | 'afterCommit';
  closesConnection: boolean;
  errorCode: number | undefined;
  errorLabels: string[] | undefined;
  writeConcernError: Document | undefined;
  blockMs: number;
  random: () => number;
}

const FAIL_POINT = 'failCommand';

const FIELDS = [
  'failCommands',
  'errorCode',
  'errorLabels',
  'closeConnection',
  'writeConcernError',
  'blockConnection',
  'blockTimeMS',
  'moment',
  'probability',
  'seed',
];

/** Fail points of a test build, set by `configureFailPoint`. */
export class FaultBoard {
  #fault: Fault | undefined;

  /** Reads a `configureFailPoint` command: MongoDB's `failCommand`, plus `moment`, `probability` and `seed`. */
  configure(body: Document): void {
    if (body['configureFailPoint'] !== FAIL_POINT) throw badValue(`wanted the fail point ${FAIL_POINT}`);
    const mode = body['mode'];
    if (mode === 'off') {
      this.#fault = undefined;
      return;
    }
    const settings = documentOption(body, 'data') ?? {};
    checkFields(settings, FIELDS, 'configureFailPoint.data');
    const counted = isDocument(mode) ? mode : {};
    const writeConcernError = documentOption(settings, 'writeConcernError');
    this.#fault = {
      commands: new Set((settings['failCommands'] as string[] | undefined) ?? ['*']),
      timesLeft: numberOption(counted, 'times') ?? Number.POSITIVE_INFINITY,
      skipsLeft: numberOption(counted, 'skip') ?? 0,
      probability: settings['probability'] === undefined ? 1 : Number(settings['probability']),
      moment: settings['moment'] === 'afterCommit' || writeConcernError ? 'afterCommit' : 'before',
      closesConnection: settings['closeConnection'] === true,
      errorCode: numberOption(settings, 'errorCode'),
      errorLabels: settings['errorLabels'] as string[] | undefined,
      writeConcernError,
      blockMs: settings['blockConnection'] === true ? (numberOption(settings, 'blockTimeMS') ?? 0) : 0,
      random: seeded(numberOption(settings, 'seed') ?? 1),
    };
  }

  /** The fault that strikes this command at this moment, if any; each call counts. */
  strike(command: string, moment: Fault['moment']): Fault | undefined {
    const fault = this.#fault;
    if (fault?.moment !== moment || fault.timesLeft <= 0) return undefined;
    if (!fault.commands.has('*') && !fault.commands.has(command)) return undefined;
    if (fault.probability < 1 && fault.random() >= fault.probability) return undefined;
    if (fault.skipsLeft > 0) {
      fault.skipsLeft--;
      return undefined;
    }
    fault.timesLeft--;
    return fault;
  }
}

/** The error a fault answers with; undefined when it does something else. */
export function faultError(fault: Fault): EngineError | undefined {
  if (fault.errorCode === undefined) return undefined;
  const known = Object.entries(ERROR_CODES).find(([, code]) => code === fault.errorCode);
  const name = known?.[0] ?? `Location${fault.errorCode}`;
  return new EngineError(fault.errorCode, name, 'Failing command via fail point', { labels: fault.errorLabels ?? [] });
}

/** A seeded sequence of numbers from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
