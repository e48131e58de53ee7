import { InvalidConfiguration, InvalidUriError } from '@wamp-run/protocol';
import { type RealmOptions, Router, type RouterLimits, type RouterOptions } from '@wamp-run/router';
import { systemClock, systemRandom } from '../system.js';
import type { RouterSection } from './router-section.js';
import type { Mistake, Path } from './shape.js';

type Section = Omit<RouterSection, 'host' | 'port' | 'listen'>;

/**
 * What the router itself has against these options: of each limit, part of a realm and other option alone, and of those
 * that are right so, of all together.
 */
export function routerMistakes(section: Section): Mistake[] {
  // What is said of logins by methods and principals is not the router's.
  const { authentication, principals, componentRole, limits = {}, realms = [], ...others } = section;
  const rule = others.uriRule === undefined ? {} : { uriRule: others.uriRule };
  const wrong: Mistake[] = [];
  const right = (mistakes: Mistake[]) => {
    wrong.push(...mistakes);
    return mistakes.length === 0;
  };
  const goodOthers = Object.entries(others).filter(
    ([name, value]) => value === undefined || right(complaints({ [name]: value })),
  );
  const goodRealms = [...realms.entries()].filter(([index, realm]) => {
    const parts = partsOf(realm).flatMap(({ options, at }) => complaints({ ...rule, realms: [options] }, [index], at));
    return right(parts) && right(complaints({ ...rule, realms: [realm] }, [index]));
  });
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

/** A part of a realm, as a realm with nothing else. */
interface Part {
  readonly options: RealmOptions;
  /** Where the one element of a list stands in the whole: `roles`, index, `rules`, index. */
  readonly at: Path;
}

/** Each option of a realm alone, and of its lists each element. */
function partsOf(realm: string | RealmOptions): Part[] {
  if (typeof realm === 'string') return [];
  const { name, roles = [], history, ...others } = realm;
  // A name that is none is told once.
  const named = { name: 'realm' };
  const topics = history?.topics ?? [];
  return [
    { options: { name }, at: [] },
    ...Object.entries(others).map(([key, value]) => ({ options: { ...named, [key]: value }, at: [] })),
    ...topics.map((topic, index) => ({
      options: { ...named, history: { topics: [topic] } },
      at: ['history', 'topics', index],
    })),
    ...roles.flatMap(({ name: role, rules }, index) => [
      { options: { ...named, roles: [{ name: role, rules: [] }] }, at: ['roles', index] },
      ...rules.map((each, position) => ({
        options: { ...named, roles: [{ name: role, rules: [each] }] },
        at: ['roles', index, 'rules', position],
      })),
    ]),
  ];
}

/**
 * The first thing that the router complains of, in its own words behind its own place: `realms[0].name: …`.
 *
 * @param indices which realms of the section these are
 * @param at where in the realm the elements of lists stand that are its only ones here
 */
function complaints(options: Partial<RouterOptions>, indices: readonly number[] = [], at: Path = []): Mistake[] {
  try {
    new Router({ ...options, clock: systemClock, random: systemRandom });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidConfiguration || error instanceof InvalidUriError)) throw error;
    const [, place = '', text = error.message] = /^([\w.[\]]+): (.*)$/s.exec(error.message) ?? [];
    const parts = place.split(/[.[\]]+/).filter((part) => part !== '');
    const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    if (path[0] === 'realms' && typeof path[1] === 'number') {
      path[1] = indices[path[1]] ?? path[1];
      path.splice(2, Math.min(at.length, path.length - 2), ...at.slice(0, path.length - 2));
    }
    return [{ path: ['router', ...path], text }];
  }
}
