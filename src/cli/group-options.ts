import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { GroupConfig } from '../brands/config.js';
import { loadConfigFile } from '../brands/load-config.js';
import { systemClock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { createLogger, type LogLevel } from '../kernel/logger.js';
import type { OpenGroup } from '../open-group.js';
import { openGroup } from '../open-group.js';

/** Reads the configuration; a relative data folder is relative to the file, so that every folder gives the same. */
export function readConfig(file: string): GroupConfig {
  const config = loadConfigFile(file, process.env);
  const { folder } = config.embedded;
  return {
    ...config,
    embedded: { ...config.embedded, folder: isAbsolute(folder) ? folder : join(dirname(resolve(file)), folder) },
  };
}

/** Opens the group for one piece of work: beside a running server, if one owns the data. */
export function openForWork(config: GroupConfig): Promise<OpenGroup> {
  return openGroup({
    config,
    env: process.env,
    clock: systemClock,
    log: createLogger({ level: logLevel('warn') }),
    mayAttach: true,
  });
}

/** Level from KINDRED_LOG, else the one given. */
export function logLevel(otherwise: LogLevel): LogLevel {
  const wanted = process.env['KINDRED_LOG'];
  const levels: readonly string[] = ['silent', 'error', 'warn', 'info', 'debug'];
  if (wanted === undefined || wanted === '') return otherwise;
  if (!levels.includes(wanted))
    throw new AppError('USAGE', `KINDRED_LOG is "${wanted}"; use one of ${levels.join(', ')}`);
  return wanted as LogLevel;
}

/** The port from the command line, else PORT, else the configuration. */
export function portOf(option: string | undefined, otherwise: number): number {
  const text = option ?? process.env['PORT'];
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('USAGE', `"${text}" is not a port; use a number from 0 to 65535`);
  return port;
}

/** A whole number from the command line. */
export function wholeNumber(text: string, name: string, from: number, to: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < from || number > to) {
    throw new AppError('USAGE', `${name} is "${text}"; a whole number from ${from} to ${to} was expected`);
  }
  return number;
}

/** A configured brand named on the command line. */
export function brandNamed(group: OpenGroup, handle: string): ReturnType<OpenGroup['brands']['get']> {
  const entry = group.brands.find(handle);
  if (entry !== null) return entry;
  const known = group.brands.all().map((each) => each.brand.handle);
  throw new AppError('USAGE', `"${handle}" is not a configured brand; known: ${known.join(', ')}`);
}
