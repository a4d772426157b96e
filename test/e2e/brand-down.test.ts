import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatedDatabase, startGatedDatabase } from '../support/gated-database.js';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { createProfile } from '../support/small-world.js';
import { createTokens } from '../support/token-maker.js';
import { until } from '../support/until.js';

const search = `query Find($by: ProfileSearchBy!) {
  profileSearch(by: $by) { edges { node { brand { handle } } } brandStatuses { brand { handle } state latencyMs isRetryable } }
}`;
const several = `query Several($here: ID!, $there: ID!) {
  here: profile(by: { id: $here }) { firstName }
  there: profile(by: { id: $there }) { firstName }
  brands { handle }
}`;

interface Found {
  readonly profileSearch: {
    readonly edges: readonly { readonly node: { readonly brand: { readonly handle: string } } }[];
    readonly brandStatuses: readonly {
      readonly brand: { readonly handle: string };
      readonly state: string;
      readonly latencyMs: number | null;
      readonly isRetryable: boolean;
    }[];
  };
}

/** A brand may take so long in this group: long enough for a busy machine, as only a stalled brand needs it all. */
const brandDeadlineMs = 3_000;

describe('one brand down', () => {
  const folder = newFolder();
  let hearth: GatedDatabase;
  let server: ServerProcess;
  let token: { app: string; admin: string };
  let ids: { here: string; there: string };

  beforeAll(async () => {
    hearth = await startGatedDatabase(join(folder, 'hearth'), 'kindred_hearth');
    const configFile = await writeGroupFile(folder, {
      uris: { hearth: hearth.uri },
      server: { brandDeadlineMs, searchesPerMinutePerTarget: 1_000 },
    });
    server = await ServerProcess.serve(configFile);
    token = await createTokens(configFile, { app: { role: 'group-app' }, admin: {} });
    const person = { firstName: 'Ines', lastName: 'Okafor', email: 'ines@example.org' };
    ids = {
      here: await createProfile(server, token.admin, { brand: 'wren', ...person }),
      there: await createProfile(server, token.admin, { brand: 'hearth', ...person }),
    };
  }, 120_000);

  afterAll(async () => {
    await server?.end();
    await hearth?.close();
    await dropFolder(folder);
  });

  const find = async (): Promise<Found['profileSearch']> =>
    (await server.data<Found>(search, { by: { email: 'ines@example.org' } }, token.app)).profileSearch;
  const brandsIn = (found: Found['profileSearch']): string[] =>
    found.edges.map((edge) => edge.node.brand.handle).sort();
  const stateOf = async (owner: string): Promise<string | undefined> =>
    (await server.readiness()).databases.find((each) => each.owner === owner)?.state;
  const isBack = () =>
    until('hearth is back', async () => {
      const { data } = await server.ask<{ there: object | null } | null>(several, ids, token.admin);
      return data?.there !== null && (await stateOf('hearth')) === 'READY';
    });

  it.each(['stall', 'shut'] as const)('costs its own rows only when its connections %s', async (how) => {
    await isBack();
    expect(brandsIn(await find())).toEqual(['hearth', 'wren']);
    hearth.gate[how]();
    try {
      const found = await find();
      expect(brandsIn(found)).toEqual(['wren']);
      for (const { brand, state, isRetryable } of found.brandStatuses) {
        if (brand.handle === 'hearth') {
          expect(state).toMatch(/^(TIMED_OUT|UNAVAILABLE)$/);
          expect(isRetryable).toBe(true);
        } else expect(state).toBe('COMPLETE');
      }
    } finally {
      hearth.gate.open();
    }
  });

  it.each(['stall', 'shut'] as const)(
    'fails its own field and no other of the operation when its connections %s',
    async (how) => {
      await isBack();
      hearth.gate[how]();
      try {
        const { data, errors } = await server.ask(several, ids, token.admin);
        expect(data).toEqual({
          here: { firstName: 'Ines' },
          there: null,
          brands: [{ handle: 'alder' }, { handle: 'hearth' }, { handle: 'wren' }],
        });
        expect(errors).toHaveLength(1);
        expect(errors?.[0]?.path).toEqual(['there']);
        expect(errors?.[0]?.extensions.code).toMatch(/^BRAND_(UNAVAILABLE|TIMEOUT)$/);
        expect(errors?.[0]?.extensions['brand']).toBe('hearth');
      } finally {
        hearth.gate.open();
      }
    },
  );

  it('is told by /readyz, which stays ready, and is asked no more while it is known to be down', async () => {
    await isBack();
    hearth.gate.shut();
    try {
      await until('/readyz tells', async () => (await stateOf('hearth')) === 'UNREACHABLE');
      const readiness = await server.get('/readyz');
      expect(readiness.status).toBe(200);
      expect(await stateOf('wren')).toBe('READY');
      const { brandStatuses } = await find();
      const status = brandStatuses.find((each) => each.brand.handle === 'hearth');
      expect(status?.state).toBe('UNAVAILABLE');
      // Refused without being asked: no part of its deadline was waited for.
      expect(status?.latencyMs).toBeLessThan(brandDeadlineMs);
    } finally {
      hearth.gate.open();
    }
  });

  it('comes back by itself, with what it held and able to write', async () => {
    hearth.gate.shut();
    await until('/readyz tells', async () => (await stateOf('hearth')) === 'UNREACHABLE');
    hearth.gate.open();
    await isBack();
    expect(brandsIn(await find())).toEqual(['hearth', 'wren']);
    await createProfile(server, token.admin, { brand: 'hearth', lastName: 'After', email: 'after@example.org' });
  });

  it('does not keep the server from starting', async () => {
    hearth.gate.shut();
    await server.end();
    server = await ServerProcess.serve(join(folder, 'brands.config.json'));
    expect(await stateOf('hearth')).toBe('UNREACHABLE');
    expect(brandsIn(await find())).toEqual(['wren']);
    hearth.gate.open();
    await isBack();
    expect(brandsIn(await find())).toEqual(['hearth', 'wren']);
  });
});
