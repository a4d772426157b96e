import { startEngine } from '../../src/embedded/engine.js';
import { TcpGate } from './tcp-gate.js';

/** A database server of its own behind a gate: what a configured `database.uri` leads to. */
export interface GatedDatabase {
  readonly gate: TcpGate;
  /** Connection string through the gate. */
  readonly uri: string;
  close(): Promise<void>;
}

/** Starts a database server on a folder, reachable through a gate only. */
export async function startGatedDatabase(folder: string, database: string): Promise<GatedDatabase> {
  const engine = await startEngine({ folder, listen: 'tcp', isInline: true, durability: 'relaxed' });
  const gate = await TcpGate.to(engine.address);
  return {
    gate,
    uri: engine.uri(database).replace(engine.address, gate.address),
    close: async () => {
      await gate.close();
      await engine.close();
    },
  };
}
