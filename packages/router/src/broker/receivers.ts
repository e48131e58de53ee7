import type { Dict, Id, Value } from '@wamp-run/protocol';
import type { Identity } from '../handshake.js';
import { saysAnything } from '../passthru.js';

/** Whom a publication is for: `exclude`, `eligible` and the like of PUBLISH. */
export interface Receivers {
  /** Whether this session may have it. */
  admits(session: Id, identity: Identity): boolean;
  /** Whether sessions are named by their ids, so that nobody can be judged who comes later. */
  readonly namesSessions: boolean;
  /** About how many bytes it takes to keep this. */
  readonly size: number;
}

const KEYS = [
  'exclude',
  'exclude_authid',
  'exclude_authrole',
  'eligible',
  'eligible_authid',
  'eligible_authrole',
] as const;

/** Whom PUBLISH options name; undefined where the publication is for everybody, which costs nothing. */
export function receiversOf(options: Dict): Receivers | undefined {
  if (!saysAnything(options)) return undefined;
  for (const key of KEYS) if (Array.isArray(options[key])) return new Listed(options);
  return undefined;
}

/**
 * Somebody gets it who meets every list that is there: is in no `exclude`, and in each `eligible`. An empty `eligible`
 * therefore admits nobody.
 */
class Listed implements Receivers {
  readonly #exclude: ReadonlySet<Value> | undefined;
  readonly #excludeAuthid: ReadonlySet<Value> | undefined;
  readonly #excludeAuthrole: ReadonlySet<Value> | undefined;
  readonly #eligible: ReadonlySet<Value> | undefined;
  readonly #eligibleAuthid: ReadonlySet<Value> | undefined;
  readonly #eligibleAuthrole: ReadonlySet<Value> | undefined;
  readonly size: number;

  constructor(options: Dict) {
    this.#exclude = setOf(options.exclude);
    this.#excludeAuthid = setOf(options.exclude_authid);
    this.#excludeAuthrole = setOf(options.exclude_authrole);
    this.#eligible = setOf(options.eligible);
    this.#eligibleAuthid = setOf(options.eligible_authid);
    this.#eligibleAuthrole = setOf(options.eligible_authrole);
    this.size = sizeOfLists(options);
  }

  get namesSessions(): boolean {
    return this.#exclude !== undefined || this.#eligible !== undefined;
  }

  admits(session: Id, { authid, authrole }: Identity): boolean {
    if (this.#exclude?.has(session) === true) return false;
    if (this.#excludeAuthid?.has(authid) === true) return false;
    if (this.#excludeAuthrole?.has(authrole) === true) return false;
    if (this.#eligible?.has(session) === false) return false;
    if (this.#eligibleAuthid?.has(authid) === false) return false;
    return this.#eligibleAuthrole?.has(authrole) !== false;
  }
}

function setOf(list: Value | undefined): ReadonlySet<Value> | undefined {
  return Array.isArray(list) ? new Set(list) : undefined;
}

// A set's entry, and what it points to.
const ENTRY = 40;

function sizeOfLists(options: Dict): number {
  let size = 0;
  for (const key of KEYS) {
    const list = options[key];
    if (!Array.isArray(list)) continue;
    for (const item of list) size += ENTRY + (typeof item === 'string' ? 2 * item.length : 0);
  }
  return size;
}

/** The lists by authid and authrole of PUBLISH options, to be kept with an event; undefined where there are none. */
export function keptLists(options: Dict): Dict | undefined {
  let kept: Dict | undefined;
  for (const key of KEYS) {
    const list = options[key];
    if (!Array.isArray(list)) continue;
    kept ??= {};
    kept[key] = [...list];
  }
  return kept;
}
