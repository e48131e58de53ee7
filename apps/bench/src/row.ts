/** How long and how often a row is measured. */
export interface RowOptions {
  readonly rounds: number;
  /** How long one side is measured in one round. */
  readonly seconds: number;
  /** Sides of other projects are measured, too. */
  readonly peers: boolean;
  /** Counts of sessions and registrations are multiplied by it: below 1 a row only shows that it runs. */
  readonly scale: number;
  /** The program that is measured as the router. Default: the one of this folder. */
  readonly router: string | undefined;
}

/** What can be measured of a side: its name in the figures, and how it is printed. */
export const MEASURES = {
  perSecond: { unit: '/s', digits: 0, what: 'work done in a second' },
  p50: { unit: 'ms', digits: 3, what: 'the latency that half of the calls stay below' },
  p99: { unit: 'ms', digits: 3, what: 'the latency that 99 of 100 calls stay below' },
  time: { unit: 'µs', digits: 2, what: 'time for each call: one second by the calls in it' },
  cpu: { unit: 'µs', digits: 2, what: 'CPU time of the process in the middle, for each call' },
  memory: { unit: 'KiB', digits: 2, what: 'memory of the process, for each session' },
  start: { unit: 'ms', digits: 0, what: 'from the start of a process until it is of use' },
  heap: { unit: 'KiB', digits: 2, what: 'the part of it that is JavaScript objects' },
} as const;

/** The name of a figure. */
export type Measure = keyof typeof MEASURES;

/** What was measured of a side; over several rounds, the medians. */
export type Figures = Readonly<Partial<Record<Measure, number>>>;

/** One side of a row, measured. */
export interface SideResult {
  readonly side: string;
  readonly figures: Figures;
  /** By the floor: the median of what it was in each round, for what a machine is like in one it may not be in another. */
  readonly ratio: number;
}

/** What the ratio of ours to the floor has to be, or by how much ours may be over it, in the unit of the figure. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number } | { readonly atMostOver: number };

/** A piece of work, done by each side, and what came of it. */
export interface RowResult {
  readonly work: string;
  /** The figure that the sides are compared by. */
  readonly by: Measure;
  /** Undefined for what is only to be known. */
  readonly aim: Aim | undefined;
  readonly ours: SideResult;
  readonly floor: SideResult;
  readonly peers: readonly SideResult[];
}

/** Measures one row, or the few that need the same processes. Rejects where a process fails or an answer is wrong. */
export type Row = (options: RowOptions) => Promise<RowResult[]>;

/** Whether the aim of a row is met; undefined where it has none. */
export function isMet(result: RowResult): boolean | undefined {
  const { aim } = result;
  if (aim === undefined) return undefined;
  const { by, ours, floor } = result;
  if ('atMostOver' in aim)
    return (ours.figures[by] ?? Number.NaN) - (floor.figures[by] ?? Number.NaN) <= aim.atMostOver;
  return 'atLeast' in aim ? ours.ratio >= aim.atLeast : ours.ratio <= aim.atMost;
}
