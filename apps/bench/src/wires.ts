import { inTurns } from './rounds.js';
import type { Row } from './row.js';
import { Stands } from './stand.js';

/** The row `calls` over RawSocket, beside WebSocket. */
export const wires: Row = async (options) => {
  const stands = new Stands(options);
  try {
    const unix = await stands.add({ side: 'Unix socket', role: 'ours', middle: 'router', wire: 'unix' });
    const tcp = await stands.add({ side: 'TCP', role: 'ours', middle: 'router', wire: 'tcp' });
    const web = await stands.add({ side: 'WebSocket', role: 'floor', middle: 'router', wire: 'websocket' });
    const results = [];
    for (const ours of [unix, tcp]) {
      for (const [inFlight, by, text] of [
        [64, 'perSecond', '64 in flight'],
        [1, 'p50', 'one at a time'],
      ] as const) {
        const load = { inFlight, seconds: options.seconds };
        const work = `RawSocket over ${ours.name} beside WebSocket, ${text}`;
        results.push(await inTurns({ work, by, aim: undefined }, [ours.side(load), web.side(load)], options));
      }
    }
    return results;
  } finally {
    stands.stop();
  }
};
