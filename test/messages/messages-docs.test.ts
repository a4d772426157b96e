import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/brands/load-config.js';
import { templateVariables } from '../../src/brands/message-template.js';
import { handoverErrors, nextAttemptMs, outgoingKeptDays } from '../../src/messages/message.js';
import { webhookBody } from '../../src/messages/webhook-carrier.js';
import { groupConfig } from '../support/group.js';
import { packageRoot } from '../support/kindred-command.js';
import { aMessage } from './messages.js';

const page = readFileSync(join(packageRoot, 'docs/messages.md'), 'utf8');
const lines = page.split('\n');
const blocks = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map(([, text = '']) => text);

describe('the page about messages', () => {
  it('lists every variable and every code, with what they mean', () => {
    const rows = (variables: object) =>
      Object.entries(variables).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
    const codes = Object.entries(handoverErrors).map(([code, meaning]) => `| ${meaning} | \`${code}\` |`);
    const from = (first: string) => lines.slice(lines.indexOf(first) + 2, lines.indexOf('', lines.indexOf(first)));
    expect(from('| of an invitation | what it is |')).toEqual(rows(templateVariables.activation));
    expect(from('| of a confirmation | what it is |')).toEqual(rows(templateVariables.confirmation));
    expect(from('| what went wrong | code |')).toEqual(codes);
  });

  it('shows a configuration that is right and a body as it is sent', () => {
    const config = groupConfig();
    const brands = config.brands.map((brand) => ({ ...brand, ...JSON.parse(`{${blocks[0]}}`) }));
    expect(() => parseConfig({ ...config, brands }, {})).not.toThrow();
    const shown = JSON.parse(blocks[1] ?? '');
    const content = { to: shown.data.to, subject: '', text: shown.data.text };
    const message = aMessage({
      channel: 'SMS',
      at: new Date(shown.timestamp),
      expiresAt: new Date(shown.data.expiresAt),
      content,
    });
    expect(webhookBody(message)).toBe(JSON.stringify(shown));
  });

  it('tells the waits between attempts and how long they are remembered', () => {
    const [, told = ''] = /tried again after ([^,]+(?:, [^,]+)+ and 24 h), then\s+every 24 h/.exec(page) ?? [];
    const units = { s: 1_000, min: 60_000, h: 3_600_000 } as const;
    const waits = told.split(/, | and /).map((wait) => {
      const [count, unit] = wait.split(' ');
      return Number(count) * units[unit as keyof typeof units];
    });
    expect(waits).toHaveLength(9);
    expect(waits.map((_, index) => nextAttemptMs(index + 1, 0))).toEqual(waits);
    expect(nextAttemptMs(50, 0)).toBe(units.h * 24);
    expect(page).toContain(`stay for ${outgoingKeptDays} days`);
  });
});
