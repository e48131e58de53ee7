import type { Aim, Figures, Measure, RowOptions, RowResult, SideResult } from './row.js';

/** Something that does the work of a row. */
export interface Side {
  readonly name: string;
  readonly role: 'ours' | 'floor' | 'peer';
  /** Does the work once. Rejects where a process fails or an answer is wrong. */
  measure(): Promise<Figures>;
}

/** A piece of work, and by what its sides are compared. */
export interface Compared {
  readonly work: string;
  readonly by: Measure;
  readonly aim: Aim | undefined;
}

/** For so many rounds that count there is one before them that does not: V8 takes seconds to compile what is hot. */
const ROUNDS_BY_WARM_UP = 3;

/**
 * Rounds to warm up, then those that count, each with the sides in turn, so that the machine's moods meet each; of every
 * figure the median, and of the rounds' ratios.
 */
export async function inTurns(
  { work, by, aim }: Compared,
  sides: readonly Side[],
  { rounds }: Pick<RowOptions, 'rounds'>,
): Promise<RowResult> {
  for (let round = 0; round < rounds; round += ROUNDS_BY_WARM_UP) {
    for (const side of sides) await side.measure();
  }
  const measured = new Map<Side, Figures[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [side, list] of measured) list.push(await side.measure());
  }
  const floorOf = [...measured].find(([side]) => side.role === 'floor')?.[1] ?? [];
  const of = (role: Side['role']) =>
    [...measured]
      .filter(([side]) => side.role === role)
      .map(([side, list]) => sideResult(side.name, list, by, floorOf));
  const [[ours], [floor]] = [of('ours'), of('floor')];
  if (ours === undefined || floor === undefined) throw new Error(`${work}: needs a side of ours and a floor`);
  return { work, by, aim, ours, floor, peers: of('peer') };
}

/** What the rounds of a side come to, beside those of the floor. */
export function sideResult(side: string, list: readonly Figures[], by: Measure, floor: readonly Figures[]): SideResult {
  const ratios = list.map((figures, round) => (figures[by] ?? Number.NaN) / (floor[round]?.[by] ?? Number.NaN));
  return { side, figures: medians(list), ratio: median(ratios) };
}

/** Of every figure the median. */
function medians(list: readonly Figures[]): Figures {
  const names = Object.keys(list[0] ?? {}) as Measure[];
  return Object.fromEntries(names.map((name) => [name, median(list.map((figures) => figures[name] ?? Number.NaN))]));
}

/** The middle of the values, or between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
