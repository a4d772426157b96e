import type { Database } from '../../src/brands/database.js';

/** Names of all stages, however deep, of the plan that a database makes for a command. */
export async function planStages(database: Database, command: object): Promise<string[]> {
  const reply = await database.connection.db?.command({ explain: command, verbosity: 'queryPlanner' });
  const { command: _echo, ...plan } = reply as Record<string, unknown>;
  return stagesOf(plan);
}

function stagesOf(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(stagesOf);
  if (plan === null || typeof plan !== 'object') return [];
  return Object.entries(plan).flatMap(([name, value]) =>
    name === 'stage' && typeof value === 'string' ? [value] : stagesOf(value),
  );
}
