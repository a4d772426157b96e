import { afterEach, describe, expect, it, vi } from 'vitest';
import { paint, startProgress } from '../../src/cli/terminal.js';

const wasTty = process.stderr.isTTY;

function onTerminal(isTty: boolean): void {
  Object.defineProperty(process.stderr, 'isTTY', { value: isTty, configurable: true });
}

describe('what goes to a terminal', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    onTerminal(wasTty);
  });

  it('has colours on a terminal', () => {
    vi.stubEnv('NO_COLOR', '');
    onTerminal(true);
    expect(paint('red', 'error')).toBe('\u001b[31merror\u001b[0m');
  });

  it('has none when NO_COLOR is set to anything', () => {
    vi.stubEnv('NO_COLOR', '1');
    onTerminal(true);
    expect(paint('red', 'error')).toBe('error');
  });

  it('has none where there is no terminal', () => {
    vi.stubEnv('NO_COLOR', '');
    onTerminal(false);
    expect(paint('red', 'error')).toBe('error');
  });

  it('shows no progress where there is no terminal', () => {
    onTerminal(false);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const progress = startProgress('Importing', 100);
    progress.update(50, 'half');
    progress.end();
    expect(write).not.toHaveBeenCalled();
  });
});
