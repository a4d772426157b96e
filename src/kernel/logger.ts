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
    },
    options.stream ?? pino.destination(2),
  );
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12)
    .map((line) => line.trim());
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof AppError ? { message: error.message } : {}),
    frames,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
