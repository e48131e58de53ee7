// npm run bench: measures every row beside its floor, in turns within one run, and prints the table.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isMet, type RowResult } from './row.js';
import { ROWS } from './rows.js';
import { processorTime, stolenSince } from './stolen-time.js';
import { tableOf } from './table.js';

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '0.6' },
    scale: { type: 'string', default: '1' },
    'without-peers': { type: 'boolean', default: false },
    router: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const wanted = values.row ?? Object.keys(ROWS);
const unknown = wanted.filter((name) => !Object.hasOwn(ROWS, name));
const [rounds, seconds, scale] = [Number(values.rounds), Number(values.seconds), Number(values.scale)];
if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds >= 1) || !(seconds > 0) || !(scale > 0)) {
  const names = Object.keys(ROWS).join(', ');
  console.error(
    `bench: --row is one of ${names}; --rounds is a whole number from 1; --seconds and --scale are positive numbers`,
  );
  process.exit(2);
}
const peers = !values['without-peers'];
const router = values.router === undefined ? undefined : resolve(values.router);

const results: RowResult[] = [];
const leftOut: string[] = [];
/** By a row's name the share of the processors' time that was stolen while it was measured. */
const stolen: Record<string, number> = {};
for (const name of wanted) {
  console.error(`measuring ${name}: ${rounds} rounds of ${seconds} s for each side ...`);
  const before = processorTime();
  try {
    const row = await (ROWS[name] as (typeof ROWS)[string])();
    results.push(...(await row({ rounds, seconds, scale, peers, router })));
    const share = stolenSince(before);
    if (share !== undefined) stolen[name] = share;
  } catch (error) {
    // A row that cannot be measured is named and left out, and the exit code says so.
    leftOut.push(name);
    console.error(`${name}: left out: ${error instanceof Error ? error.message : error}`);
  }
}

if (values.json)
  console.log(JSON.stringify({ node: process.version, rounds, seconds, scale, stolen, results }, undefined, 2));
else printTable();
process.exit(leftOut.length > 0 ? 1 : 0);

/** Where it was the most, in words: above a few hundredths, the figures are of that, too. */
function stolenMost(): string[] {
  const [most] = Object.entries(stolen).sort(([, a], [, b]) => b - a);
  if (most === undefined) return [];
  const [name, share] = most;
  return [`other machines of this host took up to ${(100 * share).toFixed(0)} % of its processors' time (row ${name})`];
}

function printTable(): void {
  if (results.length > 0) console.log(tableOf(results));
  const aims = results.map(isMet).filter((met) => met !== undefined);
  const told = [
    `medians of ${rounds} rounds of ${seconds} s, sides in turn; Node ${process.version}`,
    `${aims.filter((met) => met).length} of ${aims.length} aims met`,
    ...stolenMost(),
    ...(leftOut.length > 0 ? [`left out: ${leftOut.join(', ')}`] : []),
    ...(scale === 1 ? [] : [`counts multiplied by ${scale}: these figures are no measure of anything`]),
  ];
  console.log(told.join('; '));
}
