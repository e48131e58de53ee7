import { inTurns } from './rounds.js';
import type { Row } from './row.js';
import { Stands } from './stand.js';

/** What the router spends on calls that carry 64 KiB of nested objects both ways, beside what a bare relay spends. */
export const nested: Row = async (options) => {
  const stands = new Stands(options);
  try {
    await stands.add({ side: 'wamp-run router', role: 'ours', middle: 'router', work: 'nested' });
    await stands.add({ side: 'bare ws relay', role: 'floor', middle: 'relay', work: 'nested' });
    const work = 'calls with 64 KiB of nested objects and back: CPU of the middle';
    return [await inTurns({ work, by: 'cpu', aim: { atMost: 3 } }, stands.sides(4), options)];
  } finally {
    stands.stop();
  }
};
