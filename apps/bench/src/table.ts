import { type Aim, isMet, MEASURES, type RowResult, type SideResult } from './row.js';

const HEAD = {
  work: 'work',
  floor: 'floor',
  ours: 'ours',
  ratio: 'ratio',
  aim: 'aim',
  met: 'met',
  peers: 'peers (ratio to the floor)',
};
const COLUMNS = Object.keys(HEAD) as (keyof typeof HEAD)[];
const TO_THE_LEFT: ReadonlySet<string> = new Set(['work', 'aim', 'met', 'peers']);

/** The rows as lines of text, under each other. */
export function tableOf(results: readonly RowResult[]): string {
  const lines = [HEAD, ...results.map(lineOf)];
  const widths = COLUMNS.map((column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      COLUMNS.map((column, i) => {
        const width = widths[i] ?? 0;
        return TO_THE_LEFT.has(column) ? line[column].padEnd(width) : line[column].padStart(width);
      })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function lineOf(result: RowResult): typeof HEAD {
  const { work, floor, ours, aim, peers } = result;
  const figure = ({ figures }: SideResult) => figureOf(result, figures[result.by]);
  const met = isMet(result);
  return {
    work,
    floor: figure(floor),
    ours: figure(ours),
    ratio: ours.ratio.toFixed(2),
    aim: aim === undefined ? '' : aimOf(aim, result),
    met: met === undefined ? '' : met ? 'yes' : 'NO',
    peers: peers.map((peer) => `${peer.side} ${figure(peer)} (${peer.ratio.toFixed(2)})`).join(', '),
  };
}

function aimOf(aim: Aim, result: RowResult): string {
  if ('atMostOver' in aim) return `<= floor + ${figureOf(result, aim.atMostOver)}`;
  return 'atLeast' in aim ? `>= ${aim.atLeast}` : `<= ${aim.atMost}`;
}

function figureOf({ by }: RowResult, value: number | undefined): string {
  const { unit, digits } = MEASURES[by];
  return `${(value ?? Number.NaN).toFixed(digits)} ${unit}`;
}
