import { inTurns } from './rounds.js';
import type { Row } from './row.js';
import { Stands } from './stand.js';

const MANY = 100_000;

/**
 * Calls among 100 000 registrations, 10 000 of them patterns, beside calls among ten: of the same ten procedures, where
 * only what else is registered differs; and of all of them in turn, where the memory that a call touches is never in the
 * processor's caches.
 */
export const registrations: Row = async (options) => {
  const stands = new Stands(options);
  const many = Math.max(10, Math.round(MANY * options.scale));
  try {
    const few = { registrations: 10, procedures: 10 };
    const ten = await stands.add({ side: 'ten registrations', role: 'floor', middle: 'router', ...few });
    const among = { role: 'ours', middle: 'router', registrations: many } as const;
    const same = await stands.add({ side: `${many} registrations`, procedures: 10, ...among });
    const all = await stands.add({ side: `all of ${many} registrations`, procedures: many, ...among });
    const load = { inFlight: 64, seconds: options.seconds };
    const results = [];
    for (const [ours, text] of [
      [same, 'the same ten procedures'],
      [all, 'all procedures in turn'],
    ] as const) {
      const work = `a call among 100 000 registrations and among ten, ${text}`;
      const sides = [ours.side(load), ten.side(load)];
      results.push(await inTurns({ work, by: 'time', aim: { atMost: 1.2 } }, sides, options));
    }
    return results;
  } finally {
    stands.stop();
  }
};
