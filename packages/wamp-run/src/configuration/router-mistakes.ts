import { InvalidConfiguration } from '@wamp-run/protocol';
import { Router, type RouterLimits, type RouterOptions } from '@wamp-run/router';
import { systemClock, systemRandom } from '../system.js';
import type { RouterSection } from './router-section.js';
import type { Mistake } from './shape.js';

type Section = Omit<RouterSection, 'host' | 'port' | 'listen'>;

/**
 * What the router itself has against these options: of each limit, realm and other option alone, and of those that are
 * right so, of all together.
 */
export function routerMistakes({ limits = {}, realms = [], ...others }: Section): Mistake[] {
  const rule = others.uriRule === undefined ? {} : { uriRule: others.uriRule };
  const wrong: Mistake[] = [];
  const right = (mistakes: Mistake[]) => {
    wrong.push(...mistakes);
    return mistakes.length === 0;
  };
  const goodOthers = Object.entries(others).filter(([name, value]) => right(complaints({ [name]: value })));
  const goodRealms = [...realms.entries()].filter(([index, realm]) =>
    right(complaints({ ...rule, realms: [realm] }, [index])),
  );
  const goodLimits = Object.entries(limits).filter(([name, value]) =>
    right(complaints({ limits: beside(name, value) })),
  );
  const together = complaints(
    {
      ...Object.fromEntries(goodOthers),
      ...(goodRealms.length === 0 ? {} : { realms: goodRealms.map(([, realm]) => realm) }),
      limits: Object.fromEntries(goodLimits),
    },
    goodRealms.map(([index]) => index),
  );
  return [...wrong, ...together];
}

/** One limit alone; the one that bounds it from above, or that it bounds, gives way. */
function beside(name: string, value: number): Partial<RouterLimits> {
  if (name === 'queuedBytes') return { queuedBytes: value, queuedBytesInAll: Number.POSITIVE_INFINITY };
  if (name === 'queuedBytesInAll') return { queuedBytes: 0, queuedBytesInAll: value };
  return { [name]: value };
}

/**
 * The first thing that the router complains of, in its own words behind its own place: `realms[0].name: …`.
 *
 * @param indices which realms of the section these are
 */
function complaints(options: Partial<RouterOptions>, indices: readonly number[] = []): Mistake[] {
  try {
    new Router({ ...options, clock: systemClock, random: systemRandom });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    const [, place = '', text = error.message] = /^([\w.[\]]+): (.*)$/s.exec(error.message) ?? [];
    const parts = place.split(/[.[\]]+/).filter((part) => part !== '');
    const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    if (path[0] === 'realms' && typeof path[1] === 'number') path[1] = indices[path[1]] ?? path[1];
    return [{ path: ['router', ...path], text }];
  }
}
