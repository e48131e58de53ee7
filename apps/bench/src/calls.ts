import { inTurns } from './rounds.js';
import type { Row } from './row.js';
import { Stands } from './stand.js';

/** Routed calls of two integers, beside a bare ws relay of the same frames. */
export const calls: Row = async (options) => {
  const stands = new Stands(options);
  try {
    await stands.add({ side: 'wamp-run router', role: 'ours', middle: 'router' });
    await stands.add({ side: 'bare ws relay', role: 'floor', middle: 'relay' });
    await stands.addClients('autobahn');
    await stands.addClients('wampy');
    await stands.addNest();
    const many = { work: 'routed calls, 64 in flight', by: 'perSecond', aim: { atLeast: 1.3 } } as const;
    const one = { work: 'routed calls, one at a time', by: 'p50', aim: { atMost: 1.3 } } as const;
    return [await inTurns(many, stands.sides(64), options), await inTurns(one, stands.sides(1), options)];
  } finally {
    stands.stop();
  }
};
