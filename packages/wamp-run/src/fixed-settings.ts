import { isDeepStrictEqual } from 'node:util';
import { valueAt } from './configuration/nested.js';
import type { Home } from './home.js';
import { SETTINGS } from './settings.js';
import type { StartOptions } from './start-options.js';

/** Keys whose new values are taken over at run time; all others are fixed when the process starts. */
const CHANGEABLE: readonly string[] = [
  'components',
  'logLevel',
  'logLevels',
  'keyring',
  'auth',
  'authid',
  'secret',
  'secretFile',
  'callTimeout',
  'interceptors',
  // Of interest at the start alone.
  'connectTimeout',
];

/** The login that goes with a URL. */
const LOGIN = ['auth', 'authid', 'secret', 'secretFile', 'authenticators'] as const;

/** Options that can come into force now, and what of those that were asked for cannot. */
export interface Changeable {
  readonly options: StartOptions;
  /** Keys whose values hold from the next start of the process. */
  readonly needRestart: readonly string[];
}

/** The wanted options, but for what is fixed: that stays as it is, and is told. */
export function changeable(inForce: StartOptions, wanted: StartOptions, home: Home): Changeable {
  const needRestart = Object.values(SETTINGS).flatMap(({ key }) => {
    if (key === undefined || CHANGEABLE.includes(key)) return [];
    if (isDeepStrictEqual(valueAt(inForce, key), valueAt(wanted, key))) return [];
    return isFixed(key, { inForce, wanted, home }) ? [key] : [];
  });
  const sections = new Set<string>(needRestart.map((key) => key.split('.', 1)[0] as string));
  if (sections.has('url')) for (const key of LOGIN) sections.add(key);
  const { clock, random, log, importFailed } = inForce;
  const kept = Object.fromEntries([...sections].map((key) => [key, inForce[key as keyof StartOptions]]));
  return { options: defined({ ...wanted, ...kept, clock, random, log, importFailed }), needRestart };
}

function isFixed(
  key: string,
  { inForce, wanted, home }: { inForce: StartOptions; wanted: StartOptions; home: Home },
): boolean {
  const isOwn = home.realms !== undefined;
  // From one foreign router to another one joins anew; one's own is not ended while the process runs.
  if (key === 'url') return isOwn || wanted.url === undefined;
  if (key === 'realm') return isOwn && inForce.url === undefined && !home.realms.has(wanted.realm ?? 'realm1');
  return true;
}

function defined(options: { [K in keyof StartOptions]: StartOptions[K] | undefined }): StartOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as StartOptions;
}
