import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { AppError } from './errors.js';

/** Writes one JSON line per event. Fields are ids, codes and counts in snake_case, never documents or values of customers. */
export type Logger = PinoLogger;

/** Levels from quiet to chatty. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/**
 * A logger to standard error, or to a stream in tests. Errors are reduced to name, code and stack frames: the message
 * of a foreign error may quote a value, for example a duplicate key.
 */
export function createLogger(options: { level?: LogLevel; stream?: DestinationStream } = {}): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError, error: describeError },
      hooks: {
        logMethod(args, method) {
          method.apply(this, withOwnMessage(args));
        },
      },
    },
    options.stream ?? pino.destination(2),
  );
}

/** An error that is logged without words would lend the line its own message. */
function withOwnMessage<Args extends unknown[]>(args: Args): Args {
  const [first, message] = args;
  if (message !== undefined || first === null || typeof first !== 'object') return args;
  return (first instanceof Error || 'err' in first ? [first, 'An error'] : args) as Args;
}

/** Ends as a frame does, in a place or without one; a line of a message does not. */
const framePattern = /^at .*(?::\d+:\d+\)?|\((?:<anonymous>|native|index \d+)\))$/;

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => framePattern.test(line))
    .slice(0, 12);
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof AppError ? { message: error.message } : {}),
    frames,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
