import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newUuid } from '../../src/kernel/ids.js';
import { createSend } from '../../src/webhooks/send.js';
import { isPublished, webhookEvents } from '../../src/webhooks/webhook-event.js';
import { aFact } from '../events/facts.js';
import { packageRoot } from '../support/kindred-command.js';
import { until } from '../support/until.js';
import { anEndpoint, aSecret } from './endpoints.js';

const page = readFileSync(join(packageRoot, 'docs/webhooks.md'), 'utf8');

/** The table of kinds as the code would have it. */
function expectedRows(): string[] {
  return Object.entries(webhookEvents).map(([type, { meaning, fields }]) => {
    const names = Object.keys(fields('wren', aFact())).map((name) => `\`${name}\``);
    return `| \`${type}\` | ${meaning} | ${names.join(' ')} |`;
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

describe('the page about webhooks', () => {
  it('lists every kind with the fields that are sent', () => {
    const rows = page.split('\n').filter((line) => isPublished(/^\| `([a-z.]+)` \|/.exec(line)?.[1] ?? ''));
    expect(rows).toEqual(expectedRows());
  });

  it('shows a receiver that verifies a real delivery and refuses a forged one', async () => {
    const source = /<!-- receiver: .*? -->\s*```js\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';
    const [secret, port] = [aSecret(), await freePort()];
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: packageRoot,
      env: { ...process.env, PORT: String(port), KINDRED_WEBHOOK_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (part: Buffer) => {
      printed += String(part);
    });
    try {
      const send = createSend();
      const url = `http://127.0.0.1:${port}/`;
      const [former, winner] = [newUuid(), newUuid()];
      const data = { formerLocalId: former, winnerLocalId: winner };
      const message = { id: 'evt_1', body: JSON.stringify({ type: 'profile.merged', data }) };
      const deliver = () => send(anEndpoint({ url }, secret), message, new Date());
      await until('the receiver listens', async () => 'status' in (await deliver()));
      expect(await deliver()).toEqual({ status: 204 });
      expect(await send(anEndpoint({ url }), message, new Date())).toEqual({ status: 400 });
      await until('the merge was noted', () => printed !== '');
      expect(printed).toBe(`${former} is now ${winner}\n`);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
