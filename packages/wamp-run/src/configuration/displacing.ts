import type { SettingName } from '../settings.js';

/** Where a setting can be given; of two the later wins. */
export const LEVELS = ['file', 'environment', 'env-file', 'flag'] as const;

export type Level = (typeof LEVELS)[number];

/** A setting that was given, at which level, and where that is for people. */
export interface GivenAt {
  readonly level: Level;
  readonly source: string;
}

/**
 * Settings that say one and the same thing in several ways, each of one setting or of some that belong together. A way that is
 * given above another displaces it.
 */
export const WAYS: readonly (readonly (readonly SettingName[])[])[] = [
  [['secret'], ['secretFile']],
  [['listen'], ['host', 'port']],
  [['healthUrl'], ['healthHost', 'healthPort']],
];

/** Of settings that were given those that do not count, as another way was given above them: each with what displaces it. */
export function displacedIn(given: ReadonlyMap<SettingName, GivenAt>): ReadonlyMap<SettingName, string> {
  const displaced = new Map<SettingName, string>();
  for (const ways of WAYS) {
    const highest = ways
      .map((way) => highestOf(way, given))
      .reduce((one, other) => (rank(other) > rank(one) ? other : one));
    for (const way of ways) {
      if (highest === undefined || rank(highestOf(way, given)) === rank(highest)) continue;
      for (const name of way) if (given.has(name)) displaced.set(name, highest.source);
    }
  }
  return displaced;
}

/** The setting of a way that was given the highest. */
function highestOf(way: readonly SettingName[], given: ReadonlyMap<SettingName, GivenAt>): GivenAt | undefined {
  return way.map((name) => given.get(name)).reduce((one, other) => (rank(other) > rank(one) ? other : one));
}

function rank(given: GivenAt | undefined): number {
  return given === undefined ? -1 : LEVELS.indexOf(given.level);
}
