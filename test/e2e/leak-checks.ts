import { describe, expect, it } from 'vitest';
import { canariesIn, readCollections } from '../support/canaries.js';
import type { CanaryStage } from './canary-stage.js';

/** No trace of a person is left where it does not belong. */
export function leakChecks(stage: CanaryStage): void {
  describe('a walk with a person made of canaries', () => {
    it('leaves no trace of her in the log of the server, however much it logs', () => {
      const { stdout, stderr } = stage.server.command.output();
      const log = `${stdout}${stderr}`;
      expect(log.split('\n').filter((line) => line.startsWith('{')).length).toBeGreaterThan(20);
      expect(canariesIn(log, stage.secrets)).toEqual([]);
    });

    it('leaves no trace of her in any collection of the registry', async () => {
      const collections = await readCollections(stage.folder, 'kindred_registry');
      expect(Object.keys(collections)).toEqual(
        expect.arrayContaining(['links', 'tokens', 'journals', 'outbox', 'audit', 'idempotency']),
      );
      expect(collections['links']).not.toBe('[]');
      for (const [name, text] of Object.entries(collections)) {
        expect({ name, found: canariesIn(text, stage.secrets) }).toEqual({ name, found: [] });
      }
    });

    it('leaves no trace of her in the trails that a brand keeps beside her profile', async () => {
      const collections = await readCollections(stage.folder, 'kindred_wren');
      for (const name of ['outbox', 'audit', 'idempotency', 'merges']) {
        expect(collections).toHaveProperty(name);
        expect({ name, found: canariesIn(collections[name] ?? '', stage.secrets) }).toEqual({ name, found: [] });
      }
      expect(collections['audit']).not.toBe('[]');
      // She is where she belongs, and would have been found elsewhere.
      expect(canariesIn(collections['profiles'] ?? '')).toEqual(
        expect.arrayContaining(['firstName', 'email', 'mobile']),
      );
    });

    it('keeps no token in clear but the one that waits in the mailbox for her', async () => {
      for (const database of ['kindred_registry', 'kindred_alder', 'kindred_wren', 'kindred_hearth']) {
        for (const [name, text] of Object.entries(await readCollections(stage.folder, database))) {
          const found = Object.keys(stage.secrets).filter((secret) => text.includes(stage.secrets[secret] as string));
          const allowed = database === 'kindred_wren' && name === 'mailbox' ? ['activationToken'] : [];
          expect({ database, name, found }).toEqual({ database, name, found: allowed });
        }
      }
    });

    it('quotes nothing of her in any refusal', () => {
      for (const [index, { text, errors, data }] of stage.refusals.entries()) {
        const isRefused = errors !== undefined || /"code":/.test(JSON.stringify(data));
        expect({ index, isRefused, found: canariesIn(text, stage.secrets) }).toEqual({
          index,
          isRefused: true,
          found: [],
        });
      }
    });

    it('quotes nothing of her in the verdicts of an import', () => {
      expect(stage.importOutput).toContain('NOTHING_TO_FIND_BY');
      expect(canariesIn(stage.importOutput, stage.secrets)).toEqual([]);
    });
  });
}
