import { readFileSync } from 'node:fs';

/** Fields of the first line of /proc/stat, of proc(5): from `user` to `steal`. What follows is counted in them already. */
const COUNTED = 8;
const STEAL = 7;

/** Time of all processors since the machine started, in ticks of the system. */
export interface ProcessorTime {
  readonly all: number;
  /** What other machines of the same host have taken while there was something to do here. */
  readonly stolen: number;
}

/** Undefined where the system does not say, as outside of Linux. */
export function processorTime(): ProcessorTime | undefined {
  let line: string | undefined;
  try {
    line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0];
  } catch {
    return undefined;
  }
  const ticks = (line ?? '')
    .split(/\s+/)
    .slice(1, 1 + COUNTED)
    .map(Number);
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[STEAL] ?? 0 };
}

/** Which share of the processors' time was stolen since then, between 0 and 1. */
export function stolenSince(before: ProcessorTime | undefined): number | undefined {
  const now = processorTime();
  if (before === undefined || now === undefined || now.all === before.all) return undefined;
  return (now.stolen - before.stolen) / (now.all - before.all);
}
