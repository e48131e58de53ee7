import { inTurns } from './rounds.js';
import type { Row } from './row.js';
import { Stands } from './stand.js';

/** Calls that carry 64 KiB of bytes both ways, beside a relay whose ends encode and decode with cbor-x. */
export const bytes: Row = async (options) => {
  const stands = new Stands(options);
  try {
    await stands.add({ side: 'wamp-run', role: 'ours', middle: 'router', work: 'bytes' });
    await stands.add({ side: 'relay, cbor-x at its ends', role: 'floor', middle: 'relay', work: 'bytes', plain: true });
    const work = 'calls with 64 KiB of bytes and back, 16 in flight';
    return [await inTurns({ work, by: 'perSecond', aim: { atLeast: 0.95 } }, stands.sides(16), options)];
  } finally {
    stands.stop();
  }
};
