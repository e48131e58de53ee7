import { transportConformance } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { barePair, type Fault } from './support/bare-pair.js';

/** The names of the suite's tests that this transport fails. What still waits after some turns waits for ever. */
async function failedBy(fault?: Fault): Promise<string[]> {
  const tests: { name: string; run: () => Promise<void> }[] = [];
  transportConformance({
    test: (name, run) => tests.push({ name, run }),
    pair: async () => {
      const [a, b] = barePair(fault);
      return { a, b };
    },
  });
  const failed: string[] = [];
  for (const { name, run } of tests) {
    const passed = await Promise.race([
      run()
        .then(() => true)
        .catch(() => false),
      turns(5),
    ]);
    if (passed !== true) failed.push(name);
  }
  return failed;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('a transport without a fault passes', async () => {
  expect(await failedBy()).toEqual([]);
});

describe('the suite rejects a transport that', () => {
  test.each<[Fault, string]>([
    ['swaps messages', 'keeps the order'],
    ['delivers inside send', 'delivers nothing inside send'],
    ['delivers inside start', 'keeps what comes before start'],
    ['shares objects', 'shares no objects between sender and receiver'],
    ['shares objects', 'shares no objects between the receivers of a payload that is sent on'],
    ['loses what comes before start', 'keeps what comes before start'],
    ['loses the queue at close', 'delivers what was sent before close, and then the end'],
    ['loses messages in a crowd', 'carries a thousand messages of one turn, in order'],
    ['loses kwargs', 'carries every message with the same values, in both directions'],
    ['says closed twice', 'tells both ends once that it is closed, by a'],
    ['never tells its own handler of close', 'tells both ends once that it is closed, by b'],
    ['delivers after closed', 'sends nothing, without complaint, once it is closed'],
    ['complains about sending when closed', 'sends nothing, without complaint, once it is closed'],
    ['takes a second handler', 'refuses a second start'],
    ['throws the wrong error', 'refuses what cannot travel, and goes on'],
    ['lets large messages overtake', 'keeps the order of large and small messages'],
    ['counts what has left', 'has nothing queued when all has arrived'],
  ])('%s', async (fault, name) => {
    expect(await failedBy(fault)).toContain(name);
  });
});
