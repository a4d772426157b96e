import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { secretFromFile } from '../../src/kernel/secrets.js';

/** Makes many secret files in a race: spins until the starting file is there, so that all racers go at once. */
const [folder, rounds] = process.argv.slice(2) as [string, string];
process.send?.('ready');
while (!existsSync(join(folder, 'go'))) {
  // A turn of the event loop would spread the racers out.
}
const keys = Array.from({ length: Number(rounds) }, (_, round) =>
  secretFromFile(join(folder, `secret-${round}`))
    .derive('x')
    .toString('hex'),
);
process.send?.(keys.join(), () => process.disconnect());
