import { existsSync, readFileSync } from 'node:fs';

/** Memory of a process in megabytes. */
export interface MemorySample {
  readonly atMs: number;
  /** All resident pages: the engine's memory map counts as far as its file has been touched. */
  readonly rssMb: number;
  /** Pages of the process alone: what grows when a program keeps things. */
  readonly ownMb: number;
}

const sampleEveryMs = 250;

/** Samples a process's memory until it has ended; on systems without `/proc` there are no samples. */
export function sampleMemory(pid: number): { readonly samples: readonly MemorySample[]; stop(): void } {
  const startedAtMs = Date.now();
  const samples: MemorySample[] = [];
  const file = `/proc/${pid}/status`;
  const take = (): void => {
    if (!existsSync(file)) return;
    const status = readStatus(file);
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    const rssMb = field('VmRSS') / 1_024;
    if (rssMb > 0) samples.push({ atMs: Date.now() - startedAtMs, rssMb, ownMb: field('RssAnon') / 1_024 });
  };
  const timer = setInterval(take, sampleEveryMs);
  return { samples, stop: () => clearInterval(timer) };
}

function readStatus(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process ended between two looks.
    return '';
  }
}

/** Highest memory in each of so many equal parts of the run: even parts mean that memory is flat. */
export function peaksByPart(samples: readonly MemorySample[], parts: number): { rssMb: number; ownMb: number }[] {
  const endMs = samples.at(-1)?.atMs ?? 0;
  return Array.from({ length: parts }, (_, part) => {
    const inPart = samples.filter(
      ({ atMs }) => atMs >= (endMs * part) / parts && (atMs < (endMs * (part + 1)) / parts || part === parts - 1),
    );
    return {
      rssMb: Math.max(0, ...inPart.map((sample) => sample.rssMb)),
      ownMb: Math.max(0, ...inPart.map((sample) => sample.ownMb)),
    };
  });
}
