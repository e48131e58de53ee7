import { checkOptionNames, InvalidConfiguration, type Random } from '@wamp-run/protocol';

/**
 * When a client tries again. Connectors take turns, and each has a count of its own: of the failures since the last
 * join that succeeded. One that has not failed yet is tried at once; a session that is lost counts once for each.
 */
export interface Retry {
  /** How many attempts by the same connector may follow its first failure; -1 is no limit. Default: -1. */
  maxRetries?: number | undefined;
  /** Milliseconds before the first retry. Default: 1 000. */
  initialRetryDelay?: number | undefined;
  /** Milliseconds that no delay exceeds. Default: 30 000. */
  maxRetryDelay?: number | undefined;
  /** By what each delay is longer than the one before it. Default: 1.5. */
  retryDelayGrowth?: number | undefined;
  /** Up to which part of it a delay is made longer or shorter at random, from 0 to 1. Default: 0.1. */
  retryDelayJitter?: number | undefined;
}

const KEYS: Readonly<Record<keyof Retry, true>> = {
  maxRetries: true,
  initialRetryDelay: true,
  maxRetryDelay: true,
  retryDelayGrowth: true,
  retryDelayJitter: true,
};

/** Says how long to wait after how many failures in a row. */
export class Backoff {
  readonly #retry: { [K in keyof Retry]-?: number };
  readonly #random: Random;

  /** Throws InvalidConfiguration where a number is out of its range, or a key is none. */
  constructor(retry: Retry | false | undefined, random: Random) {
    if (retry !== undefined && retry !== false) checkOptionNames(retry, KEYS, 'retry', '.');
    const given = retry === false ? { maxRetries: 0 } : (retry ?? {});
    this.#retry = {
      maxRetries: inRange('maxRetries', given.maxRetries ?? -1, -1, Number.POSITIVE_INFINITY),
      initialRetryDelay: inRange('initialRetryDelay', given.initialRetryDelay ?? 1_000, 0, 2 ** 31 - 1),
      maxRetryDelay: inRange('maxRetryDelay', given.maxRetryDelay ?? 30_000, 0, 2 ** 31 - 1),
      retryDelayGrowth: inRange('retryDelayGrowth', given.retryDelayGrowth ?? 1.5, 1, Number.MAX_VALUE),
      retryDelayJitter: inRange('retryDelayJitter', given.retryDelayJitter ?? 0.1, 0, 1),
    };
    this.#random = random;
  }

  /** Milliseconds that no delay exceeds. */
  get longest(): number {
    return this.#retry.maxRetryDelay;
  }

  /** Milliseconds to wait after the nth failure in a row (1, 2, …); undefined where that was the last attempt. */
  delay(failures: number): number | undefined {
    const { maxRetries, initialRetryDelay, maxRetryDelay, retryDelayGrowth, retryDelayJitter } = this.#retry;
    if (maxRetries >= 0 && failures > maxRetries) return undefined;
    const plain = Math.min(initialRetryDelay * retryDelayGrowth ** (failures - 1), maxRetryDelay);
    const jittered = plain * (1 + retryDelayJitter * this.#between());
    return Math.round(Math.min(Math.max(jittered, 0), maxRetryDelay));
  }

  /** A random number from -1 up to 1. */
  #between(): number {
    let number = 0;
    for (const byte of this.#random(4)) number = number * 256 + byte;
    return number / 2 ** 31 - 1;
  }
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new InvalidConfiguration(`retry.${name}: expected a number from ${least} to ${most}, got ${value}`);
}
