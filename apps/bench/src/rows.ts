import type { CallerReport, Load } from './caller.js';
import { checks } from './checks.js';
import { type Child, startChild } from './child.js';
import type { Middle } from './ends.js';

export interface RowOptions {
  readonly rounds: number;
  /** How long one side is measured in one round. */
  readonly seconds: number;
}

/** One side's medians. Latencies are in ms. */
export interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** One side of a row. */
export interface SideResult {
  readonly side: string;
  readonly figures: Figures;
}

/** A piece of work, done by each side. The last side is the floor that the others are held against. */
export interface RowResult {
  readonly work: string;
  readonly sides: readonly SideResult[];
}

/** Every row of the table by its name. */
export const ROWS: Readonly<Record<string, (options: RowOptions) => Promise<RowResult[]>>> = {
  calls: (options) =>
    calls(options, [
      { side: 'wamp-run router', middle: 'router', wire: 'websocket' },
      { side: 'bare ws relay', middle: 'relay', wire: 'websocket' },
    ]),
  wires: (options) =>
    calls(options, [
      { side: 'RawSocket over a Unix socket', middle: 'router', wire: 'unix' },
      { side: 'RawSocket over TCP', middle: 'router', wire: 'tcp' },
      { side: 'WebSocket over TCP', middle: 'router', wire: 'websocket' },
    ]),
  checks,
};

const WORKS: readonly Work[] = [
  { work: 'routed calls, 64 in flight', inFlight: 64 },
  { work: 'routed calls, one at a time', inFlight: 1 },
];

interface SideOptions {
  readonly side: string;
  readonly middle: Middle;
  readonly wire: 'websocket' | 'tcp' | 'unix';
}

interface Work {
  readonly work: string;
  readonly inFlight: number;
}

/** One side of a row: what stands in the middle, and the ends on either side of it, each a process of its own. */
interface Side {
  readonly name: string;
  readonly middle: Child<never>;
  readonly callee: Child<never>;
  readonly caller: Child<CallerReport>;
}

async function calls({ rounds, seconds }: RowOptions, wanted: readonly SideOptions[]): Promise<RowResult[]> {
  const sides: Side[] = [];
  try {
    for (const each of wanted) sides.push(await startSide(each));
    const results: RowResult[] = [];
    for (const { work, inFlight } of WORKS) {
      const load: Load = { inFlight, seconds };
      // A warm-up for all, not counted; then the sides in turn, so that the machine's moods meet each.
      for (const side of sides) await measure(side, load);
      const reports = new Map<Side, CallerReport[]>(sides.map((side) => [side, []]));
      for (let round = 0; round < rounds; round++) {
        for (const [side, list] of reports) list.push(await measure(side, load));
      }
      const figures = [...reports].map(([{ name }, list]) => ({ side: name, figures: medians(list) }));
      results.push({ work, sides: figures });
    }
    return results;
  } finally {
    for (const { caller, callee, middle } of sides) {
      for (const child of [caller, callee, middle]) child.stop();
    }
  }
}

async function startSide({ side, middle: kind, wire }: SideOptions): Promise<Side> {
  const middle = await startChild<never>(kind, [wire]);
  const callee = await startChild<never>('callee', [kind, middle.url]);
  const caller = await startChild<CallerReport>('caller', [kind, middle.url]);
  return { name: side, middle, callee, caller };
}

function measure(side: Side, load: Load): Promise<CallerReport> {
  return side.caller.ask(load);
}

function medians(reports: readonly CallerReport[]): Figures {
  return {
    perSecond: median(reports.map((report) => report.perSecond)),
    p50: median(reports.map((report) => report.p50)),
    p99: median(reports.map((report) => report.p99)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
