import { Presets, SingleBar } from 'cli-progress';

const colours = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;

/** Colours only for people: where the text goes to a terminal, and not when NO_COLOR is set (no-color.org). */
function hasColour(stream: NodeJS.WriteStream): boolean {
  const noColour = process.env['NO_COLOR'];
  return stream.isTTY === true && (noColour === undefined || noColour === '');
}

/** The text in a colour, where colours are wanted: by default, where {@link say} writes. */
export function paint(colour: keyof typeof colours, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return hasColour(stream) ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
}

/** Something that shows how far long work has come. */
export interface Progress {
  update(done: number, note?: string): void;
  end(): void;
}

/** A bar on a terminal; on anything else nothing, so that logs stay readable. */
export function startProgress(title: string, total: number): Progress {
  if (process.stderr.isTTY !== true) return { update: () => {}, end: () => {} };
  const bar = new SingleBar(
    {
      format: `${title} {bar} {percentage}% {note}`,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(Math.min(done, total), { note }),
    end: () => bar.stop(),
  };
}

/** A line for people, on standard error: standard output is for data. */
export function say(line = ''): void {
  process.stderr.write(`${line}\n`);
}

/** The text in a colour, for {@link print}. */
export function paintOut(colour: keyof typeof colours, text: string): string {
  return paint(colour, text, process.stdout);
}

/** A line of data. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
