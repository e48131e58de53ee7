import type { Aim, Figures, Measure, RowOptions, RowResult } from './row.js';

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

/**
 * A warm-up for every side, not counted, then the sides in turn, so that the machine's moods meet each; of every figure
 * the median.
 */
export async function inTurns(
  { work, by, aim }: Compared,
  sides: readonly Side[],
  { rounds }: Pick<RowOptions, 'rounds'>,
): Promise<RowResult> {
  for (const side of sides) await side.measure();
  const measured = new Map<Side, Figures[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [side, list] of measured) list.push(await side.measure());
  }
  const of = (role: Side['role']) =>
    [...measured]
      .filter(([side]) => side.role === role)
      .map(([side, list]) => ({ side: side.name, figures: medians(list) }));
  const [[ours], [floor]] = [of('ours'), of('floor')];
  if (ours === undefined || floor === undefined) throw new Error(`${work}: needs a side of ours and a floor`);
  return { work, by, aim, ours, floor, peers: of('peer') };
}

/** Of every figure the median. */
export function medians(list: readonly Figures[]): Figures {
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
