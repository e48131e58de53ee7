// npm run bench: measures every row beside its floor, in turns within one run, and prints the table.
import { parseArgs } from 'node:util';
import { type Figures, ROWS, type RowResult } from './rows.js';

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

const wanted = values.row ?? Object.keys(ROWS);
const unknown = wanted.filter((name) => !Object.hasOwn(ROWS, name));
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
if (unknown.length > 0 || !(rounds >= 1) || !(seconds > 0)) {
  console.error(`bench: --row is one of ${Object.keys(ROWS).join(', ')}; --rounds and --seconds are positive numbers`);
  process.exit(2);
}

const results: RowResult[] = [];
let failed = false;
for (const name of wanted) {
  console.error(`measuring ${name}: ${rounds} rounds of ${seconds} s for each side ...`);
  try {
    results.push(...(await (ROWS[name] as (typeof ROWS)[string])({ rounds, seconds })));
  } catch (error) {
    // A row that cannot be measured is named and left out, and the exit code says so.
    failed = true;
    console.error(`${name}: left out: ${error instanceof Error ? error.message : error}`);
  }
}

if (values.json) console.log(JSON.stringify(results, undefined, 2));
else printTable(results);
process.exit(failed ? 1 : 0);

function printTable(rows: readonly RowResult[]): void {
  const table = rows.flatMap(({ work, sides }) => {
    const floor = sides.at(-1);
    return sides.map(({ side, figures }, i) => {
      const ratio = floor === undefined || i === sides.length - 1 ? '' : figures.perSecond / floor.figures.perSecond;
      const text = typeof ratio === 'number' ? ratio.toFixed(2) : ratio;
      return { work: i === 0 ? work : '', side, ...columns(figures), ratio: text };
    });
  });
  const head = {
    work: 'work',
    side: 'between the ends',
    rate: 'calls/s',
    p50: 'p50 ms',
    p99: 'p99 ms',
    ratio: 'ratio',
  };
  const keys = Object.keys(head) as (keyof typeof head)[];
  const all = [head, ...table];
  const widths = keys.map((key) => Math.max(...all.map((row) => row[key].length)));
  for (const row of all) {
    const cells = keys.map((key, i) => (i < 2 ? row[key].padEnd(widths[i] ?? 0) : row[key].padStart(widths[i] ?? 0)));
    console.log(cells.join('  ').trimEnd());
  }
  console.log(
    `medians of ${rounds} rounds of ${seconds} s, sides in turn; Node ${process.version}; CBOR; three processes`,
  );
}

function columns({ perSecond, p50, p99 }: Figures): { rate: string; p50: string; p99: string } {
  return { rate: Math.round(perSecond).toString(), p50: p50.toFixed(3), p99: p99.toFixed(3) };
}
