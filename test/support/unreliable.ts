import { vi } from 'vitest';
import type { Database } from '../../src/brands/database.js';
import { AppError } from '../../src/kernel/errors.js';

/** Makes a database fail now and then: before it was asked, or after it has done what it was asked. Restore mocks afterwards. */
export function unreliable(database: Database, random: { next(): number }): void {
  const run = database.run.bind(database);
  vi.spyOn(database, 'run').mockImplementation(async (deadline, ask) => {
    const luck = random.next();
    const failure = new AppError('BRAND_UNAVAILABLE', 'unreliable', { details: { brand: database.owner } });
    if (luck < 0.1) throw failure;
    const answer = await run(deadline, ask);
    if (luck > 0.9) throw failure;
    return answer;
  });
}
