import { type Child, Children } from './child.js';
import { needDescriptors } from './descriptors.js';
import { inTurns, type Side } from './rounds.js';
import type { Row } from './row.js';
import type { Memory } from './self.js';

const SESSIONS = 10_000;
/** So many are there before anything is measured: what the first connections load and compile is not theirs. */
const FIRST = 500;
const KIB = 1024;
/** More rounds than these would say nothing new: memory does not waver with what else the machine does. */
const MOST_ROUNDS = 5;

/** What 10 000 idle sessions take in the router, for each, beside idle ws connections. */
export const idle: Row = async (options) => {
  const sessions = Math.max(1, Math.round(SESSIONS * options.scale));
  needDescriptors(FIRST + sessions);
  const sideOf = (name: string, role: Side['role'], middle: 'router' | 'spreader'): Side => ({
    name,
    role,
    // New processes each time: what was freed once is given back to others, and then seems to cost nothing.
    measure: async () => {
      const children = new Children();
      try {
        const file = middle === 'router' ? options.router : undefined;
        const how = { file, flags: ['--expose-gc'] };
        const { url, ask } = await children.start(middle, { wire: 'websocket', serializer: 'cbor' }, how);
        const clients = await children.start('idlers', { middle, url });
        return await memoryOf({ sessions, ask, clients });
      } finally {
        children.stop();
      }
    },
  });
  const sides = [
    sideOf('wamp-run router', 'ours', 'router'),
    sideOf('ws server, idle connections', 'floor', 'spreader'),
  ];
  const work = `memory of one of 10 000 idle sessions`;
  const rounds = Math.min(options.rounds, MOST_ROUNDS);
  return [await inTurns({ work, by: 'memory', aim: { atMost: 1.5 } }, sides, { rounds })];
};

async function memoryOf({ sessions, ask, clients }: { sessions: number; ask: Child['ask']; clients: Child }) {
  await clients.ask({ open: FIRST });
  const before = await ask<Memory>({ self: 'memory' });
  const all = FIRST + sessions;
  await clients.ask({ open: all });
  const after = await ask<Memory>({ self: 'memory' });
  // Those who were counted are still there.
  const open = await clients.ask<number>({ open: all });
  if (open !== all) throw new Error(`of ${all} sessions ${open} were left`);
  return {
    memory: (after.resident - before.resident) / sessions / KIB,
    heap: (after.heap - before.heap) / sessions / KIB,
  };
}
