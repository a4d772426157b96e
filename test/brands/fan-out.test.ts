import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BrandEntry, Brands, openBrands } from '../../src/brands/brands.js';
import { type BrandAnswer, fanOut } from '../../src/brands/fan-out.js';
import { Deadline } from '../../src/kernel/clock.js';
import { AppError } from '../../src/kernel/errors.js';
import { createLogger } from '../../src/kernel/logger.js';
import { groupConfig, openGroup, type TestGroup, testKeys } from '../support/group.js';
import { aDatabase, aDeadPort, anEnginePort, rejection, things, uriOf } from './a-database.js';
import { aTcpProxy } from './tcp-proxy.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

function aLog() {
  const lines: string[] = [];
  return { log: createLogger({ stream: { write: (line: string) => void lines.push(line) } }), lines };
}

function shortly(answers: readonly BrandAnswer<unknown>[]): unknown[] {
  return answers.map(({ brand, state, value, isRetryable }) => [brand.handle, state, value ?? null, isRetryable]);
}

async function nameOf(entry: BrandEntry): Promise<string> {
  return entry.brand.name;
}

describe('a fan-out', () => {
  it('gives every brand its answer, in the order asked', async () => {
    const entries = [group.entry('wren'), group.entry('alder'), group.entry('hearth')];
    const { log, lines } = aLog();
    const answers = await fanOut(entries, { deadline: Deadline.after(5_000), log }, nameOf);
    expect(shortly(answers)).toEqual([
      ['wren', 'COMPLETE', 'Wren', false],
      ['alder', 'COMPLETE', 'Alder', false],
      ['hearth', 'COMPLETE', 'Hearth', false],
    ]);
    for (const { latencyMs } of answers) expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(lines).toEqual([]);
  });

  it('asks the brands side by side', async () => {
    let waiting = 0;
    let release!: () => void;
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answers = await fanOut(group.brands.all(), { deadline: Deadline.after(5_000), log: aLog().log }, async () => {
      waiting += 1;
      if (waiting === 3) release();
      await all;
      return waiting;
    });
    expect(answers.map((answer) => answer.value)).toEqual([3, 3, 3]);
  });

  it('of no brands is no answers', async () => {
    expect(await fanOut([], { deadline: Deadline.after(5_000), log: aLog().log }, nameOf)).toEqual([]);
  });

  it('leaves out a brand that is too slow, and nobody else', async () => {
    const { log, lines } = aLog();
    const answers = await fanOut(group.brands.all(), { deadline: Deadline.after(100), log }, (entry) =>
      entry.brand.handle === 'hearth' ? new Promise<string>(() => {}) : nameOf(entry),
    );
    expect(shortly(answers)).toEqual([
      ['alder', 'COMPLETE', 'Alder', false],
      ['hearth', 'TIMED_OUT', null, true],
      ['wren', 'COMPLETE', 'Wren', false],
    ]);
    expect('value' in (answers[1] as object)).toBe(false);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ brand_id: 'hearth', state: 'TIMED_OUT', level: 40 });
  });

  it.each([
    ['BRAND_UNAVAILABLE', 'UNAVAILABLE'],
    ['BRAND_TIMEOUT', 'TIMED_OUT'],
  ] as const)('tells %s as %s', async (code, state) => {
    const answers = await fanOut([group.entry('wren')], { deadline: Deadline.after(5_000), log: aLog().log }, () =>
      Promise.reject(new AppError(code, 'x')),
    );
    expect(shortly(answers)).toEqual([['wren', state, null, true]]);
  });

  it.each([
    new AppError('BAD_USER_INPUT', 'A date was expected'),
    new AppError('RETRY', 'Send it again'),
    new TypeError('x is not a function'),
  ])('throws what is not the fault of a brand: %s', async (fault) => {
    const { log, lines } = aLog();
    const act = fanOut(group.brands.all(), { deadline: Deadline.after(5_000), log }, (entry) =>
      entry.brand.handle === 'wren' ? Promise.reject(fault) : nameOf(entry),
    );
    expect(await rejection(act)).toBe(fault);
    expect(lines).toEqual([]);
  });

  it('loses only the brand whose server is gone, and has it back when it returns', async () => {
    const proxy = await aTcpProxy(await anEnginePort());
    const database = aDatabase({ owner: 'hearth', uri: uriOf(proxy.port), name: 'hearth_alone' });
    await database.open();
    const entries = [group.entry('alder'), { ...group.entry('hearth'), database }, group.entry('wren')];
    const ask = () =>
      fanOut(entries, { deadline: Deadline.after(5_000), log: aLog().log }, async (entry) => {
        await entry.database.connection.db?.collection('things').find({}).limit(1).toArray();
        return entry.brand.name;
      });
    const states = async (): Promise<unknown[]> => (await ask()).map((answer) => answer.state);
    expect(await states()).toEqual(['COMPLETE', 'COMPLETE', 'COMPLETE']);
    await proxy.close();
    const [alder, hearth, wren] = await ask();
    expect([alder?.value, hearth?.value, wren?.value]).toEqual(['Alder', undefined, 'Wren']);
    expect(['UNAVAILABLE', 'TIMED_OUT']).toContain(hearth?.state);
    await proxy.reopen();
    await vi.waitFor(async () => expect(await states()).toEqual(['COMPLETE', 'COMPLETE', 'COMPLETE']), {
      timeout: 15_000,
    });
  });
});

describe('the brands of a group', () => {
  it('are found by handle and listed in its order', () => {
    expect(group.brands.all().map((entry) => entry.brand.handle)).toEqual(['alder', 'hearth', 'wren']);
    expect(group.brands.find('wren')?.database.owner).toBe('wren');
    expect(group.brands.find('nobody')).toBeNull();
    expect(() => group.brands.get('nobody')).toThrow(AppError);
    for (const handle of ['__proto__', 'constructor', '']) expect(group.brands.find(handle)).toBeNull();
  });

  it('each have a database of their own, and so has the registry', () => {
    const names = [...group.brands.all().map((entry) => entry.database.name), group.brands.registry.name];
    expect(new Set(names).size).toBe(4);
    const connections = [
      ...group.brands.all().map((entry) => entry.database.connection),
      group.brands.registry.connection,
    ];
    expect(new Set(connections).size).toBe(4);
  });

  it('need a URI where no engine is embedded', async () => {
    const opening = openBrands({
      config: groupConfig(),
      embeddedUri: null,
      brandCollections: [],
      registryCollections: [],
      keys: testKeys,
      log: createLogger({ level: 'silent' }),
    });
    expect(await rejection(opening)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('alder'),
    });
  });

  it('start although one of them cannot be reached', async () => {
    const config = groupConfig();
    const enginePort = await anEnginePort();
    const dead = uriOf(await aDeadPort());
    const brands = await openBrands({
      config: {
        ...config,
        brands: config.brands.map((brand) =>
          brand.handle === 'wren' ? { ...brand, database: { ...brand.database, uri: dead } } : brand,
        ),
        server: { ...config.server, brandDeadlineMs: 300 },
      },
      embeddedUri: () => uriOf(enginePort),
      brandCollections: [things],
      registryCollections: [],
      keys: testKeys,
      log: createLogger({ level: 'silent' }),
    });
    expect(brands).toBeInstanceOf(Brands);
    expect(brands.all().map((entry) => entry.database.state)).toEqual(['READY', 'READY', 'UNREACHABLE']);
    await brands.close();
    expect(brands.all().map((entry) => entry.database.state)).toEqual(['CLOSED', 'CLOSED', 'CLOSED']);
  });
});
