import type { CallerReport, Load } from './caller.js';
import { type Child, startChild } from './child.js';

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

export interface RowResult {
  readonly work: string;
  readonly router: Figures;
  readonly relay: Figures;
}

/** Every row of the table by its name. */
export const ROWS: Readonly<Record<string, (options: RowOptions) => Promise<RowResult[]>>> = {
  calls: (options) =>
    calls(options, [
      { work: 'routed calls, 64 in flight', inFlight: 64 },
      { work: 'routed calls, one at a time', inFlight: 1 },
    ]),
};

interface Work {
  readonly work: string;
  readonly inFlight: number;
}

/** The two sides of a row: what stands in the middle, and the ends on either side of it, each a process of its own. */
interface Side {
  readonly middle: Child<never>;
  readonly callee: Child<never>;
  readonly caller: Child<CallerReport>;
}

async function calls({ rounds, seconds }: RowOptions, works: readonly Work[]): Promise<RowResult[]> {
  const router = await startSide('router');
  const relay = await startSide('relay');
  try {
    const results: RowResult[] = [];
    for (const { work, inFlight } of works) {
      const load: Load = { inFlight, seconds };
      // A warm-up for both, not counted; then the sides in turn, so that the machine's moods meet both.
      await measure(router, load);
      await measure(relay, load);
      const reports: { router: CallerReport[]; relay: CallerReport[] } = { router: [], relay: [] };
      for (let round = 0; round < rounds; round++) {
        reports.router.push(await measure(router, load));
        reports.relay.push(await measure(relay, load));
      }
      results.push({ work, router: medians(reports.router), relay: medians(reports.relay) });
    }
    return results;
  } finally {
    for (const { caller, callee, middle } of [router, relay]) {
      for (const child of [caller, callee, middle]) child.stop();
    }
  }
}

async function startSide(kind: 'router' | 'relay'): Promise<Side> {
  const middle = await startChild<never>(kind, []);
  const callee = await startChild<never>('callee', [kind, middle.url]);
  const caller = await startChild<CallerReport>('caller', [kind, middle.url]);
  return { middle, callee, caller };
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
