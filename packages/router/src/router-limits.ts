import { InvalidConfiguration, nearestName } from '@wamp-run/protocol';
import { DEALER_LIMITS, type DealerLimits } from './dealer/dealer-options.js';

/** The bounds of a router. Each is a whole number, or Infinity for none. */
export interface RouterLimits extends DealerLimits {
  /** Clients in total, joined or not: open connections count. Default 10 000. */
  readonly sessions: number;
  /** The same from one network address (`sessions`); clients without one (in this process) are not counted here. Default 1 000. */
  readonly sessionsPerAddress: number;
  /** Of those, clients that have not joined yet. Default 5 000. */
  readonly handshakes: number;
  /** The same from one network address. Default 500. */
  readonly handshakesPerAddress: number;
  /** Realms that are made on demand and in use at one time. Default 1 000. */
  readonly realms: number;
  /** Subscriptions that one session may have. Default 10 000. */
  readonly subscriptions: number;
  /** Testaments of one session, in both scopes together. Default 100. */
  readonly testaments: number;
  /** Bytes of all testaments of one session. Default 1 MiB. */
  readonly testamentBytes: number;
  /**
   * Bytes that wait for one client to read them. While there are more, events to it are dropped and counted, or it is
   * closed (`slowSubscribers`). Default 16 MiB.
   */
  readonly queuedBytes: number;
  /**
   * Bytes that may wait for one client whatever they are. Answers and invocations are never dropped: a client with more
   * than this is closed. Default 64 MiB.
   */
  readonly queuedBytesInAll: number;
  /** Messages of one session that wait for an authorizer's answer. Default 1 000. */
  readonly heldMessages: number;
  /** Bytes of their payloads. Default 16 MiB. */
  readonly heldBytes: number;
  /** Retained events of one realm. Default 10 000. */
  readonly retainedEvents: number;
  /** Bytes of all retained events of one realm. Default 64 MiB. */
  readonly retainedBytes: number;
  /** Events in one answer of `wamp.subscription.get_events`. Default 1 000. */
  readonly historyAnswer: number;
}

/** What holds where nothing else is said. */
export const DEFAULT_LIMITS: RouterLimits = {
  ...DEALER_LIMITS,
  sessions: 10_000,
  sessionsPerAddress: 1_000,
  handshakes: 5_000,
  handshakesPerAddress: 500,
  realms: 1_000,
  subscriptions: 10_000,
  testaments: 100,
  testamentBytes: 2 ** 20,
  queuedBytes: 16 * 2 ** 20,
  queuedBytesInAll: 64 * 2 ** 20,
  heldMessages: 1_000,
  heldBytes: 16 * 2 ** 20,
  retainedEvents: 10_000,
  retainedBytes: 64 * 2 ** 20,
  historyAnswer: 1_000,
};

/** The least that makes sense: a realm may do without registrations, a router not without sessions. */
const LEAST: Partial<Record<keyof RouterLimits, number>> = {
  sessions: 1,
  sessionsPerAddress: 1,
  handshakes: 1,
  handshakesPerAddress: 1,
  historyAnswer: 1,
};

/** Fills in the defaults. Throws InvalidConfiguration, naming the limit. */
export function settleLimits(limits: Partial<RouterLimits>): RouterLimits {
  let settled: RouterLimits = DEFAULT_LIMITS;
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      const known = Object.keys(DEFAULT_LIMITS);
      const meant = nearestName(name, known);
      const advice = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
      throw new InvalidConfiguration(`limits.${name}: there is no such limit; ${advice}`);
    }
    if (value === undefined) continue;
    const key = name as keyof RouterLimits;
    const least = LEAST[key] ?? 0;
    if (value !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(value) && value >= least)) {
      throw new InvalidConfiguration(
        `limits.${name}: expected a whole number of at least ${least}, or Infinity, got ${String(value)}`,
      );
    }
    settled = { ...settled, [key]: value };
  }
  if (settled.queuedBytesInAll < settled.queuedBytes) {
    throw new InvalidConfiguration(
      `limits.queuedBytesInAll: expected at least limits.queuedBytes (${settled.queuedBytes}), got ${settled.queuedBytesInAll}`,
    );
  }
  return settled;
}
