import { Children } from './child.js';
import type { SubscribersReport } from './processes/subscribers.js';
import { inTurns, type Side } from './rounds.js';
import type { Row } from './row.js';

/** One publisher, 100 subscribers on 100 sockets, beside a ws server that calls `send` once for each socket. */
export const events: Row = async (options) => {
  const children = new Children();
  const { seconds, router } = options;
  try {
    const sideOf = async (name: string, role: Side['role'], middle: 'router' | 'spreader'): Promise<Side> => {
      const file = middle === 'router' ? router : undefined;
      const { url, ask } = await children.start(middle, { wire: 'websocket', serializer: 'cbor' }, { file });
      const subscribers = await children.start<SubscribersReport>('subscribers', { middle, url });
      return {
        name,
        role,
        measure: async () => {
          const before = await ask<number>({ self: 'cpu' });
          const { perSecond, events } = await subscribers.ask({ seconds });
          return { perSecond, cpu: ((await ask<number>({ self: 'cpu' })) - before) / events };
        },
      };
    };
    const sides = [
      await sideOf('wamp-run router', 'ours', 'router'),
      await sideOf('ws server, one send for each', 'floor', 'spreader'),
    ];
    const work = 'events of one publisher to 100 subscribers';
    return [await inTurns({ work, by: 'perSecond', aim: { atLeast: 3 } }, sides, options)];
  } finally {
    children.stop();
  }
};
