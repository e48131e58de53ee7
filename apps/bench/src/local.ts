import { type Child, Children } from './child.js';
import type { LocalReport } from './local-load.js';
import { inTurns, type Side } from './rounds.js';
import type { Row } from './row.js';

/** Calls between two components of one process, arguments checked, beside a local call of Moleculer's. */
export const local: Row = async (options) => {
  const children = new Children();
  const { seconds } = options;
  try {
    const ours = await children.start<LocalReport>('components', {});
    const moleculer = await children.start<LocalReport>('moleculer', {});
    const sideOf = (name: string, role: Side['role'], child: Child<LocalReport>, inFlight: number): Side => ({
      name,
      role,
      measure: async () => {
        const { perSecond } = await child.ask({ inFlight, seconds });
        return { perSecond, time: 1_000_000 / perSecond };
      },
    });
    const results = [];
    for (const [inFlight, text, atLeast] of [
      [64, '64 in flight', 1.2],
      [1, 'one at a time', 0.8],
    ] as const) {
      const sides = [
        sideOf('wamp-run components', 'ours', ours, inFlight),
        sideOf('Moleculer, local call', 'floor', moleculer, inFlight),
      ];
      const work = `calls between two components of one process, ${text}`;
      results.push(await inTurns({ work, by: 'perSecond', aim: { atLeast } }, sides, options));
    }
    return results;
  } finally {
    children.stop();
  }
};
