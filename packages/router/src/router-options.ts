import {
  type Clock,
  checkUri,
  InvalidConfiguration,
  type Logger,
  type Random,
  silent,
  type UriRule,
} from '@wamp-run/protocol';

/** How a router is made. */
export interface RouterOptions {
  /** The names of its realms: at least one, each a URI, no two the same. Default `['realm1']`. */
  readonly realms?: readonly string[];
  /** Time, for the two timeouts. */
  readonly clock: Clock;
  /** Randomness, for session ids, publication ids and the authids of anonymous sessions. */
  readonly random: Random;
  /** Default: says nothing. */
  readonly log?: Logger;
  /** What WELCOME calls this router. Default `wamp-run`. */
  readonly agent?: string;
  /** The rule for realms, topics and procedures. Error URIs are only ever held to `loose`. Default `loose`. */
  readonly uriRule?: UriRule;
  /**
   * Whether a request id that is not the next one ends the session, as the specification has it. `false` lets clients in
   * that go on counting when they connect again. Default `true`.
   */
  readonly strictRequestIds?: boolean;
  /** Milliseconds within which HELLO must come. Default 10 000. */
  readonly handshakeTimeout?: number;
  /**
   * Milliseconds that a transport may stay open after GOODBYE both ways, and that `close` waits for the clients' GOODBYE.
   * Default 2 000.
   */
  readonly closeTimeout?: number;
}

/** The options with their defaults, checked. */
export type RouterSettings = Required<RouterOptions>;

// Timers of JavaScript hold 31 bits: what is longer fires at once.
const LONGEST = 2 ** 31 - 1;

/** Fills in the defaults. Throws InvalidConfiguration, naming the option. */
export function settle(options: RouterOptions): RouterSettings {
  const uriRule = options.uriRule ?? 'loose';
  if (uriRule !== 'loose' && uriRule !== 'strict') {
    throw new InvalidConfiguration(`uriRule: expected loose or strict, got ${JSON.stringify(uriRule)}`);
  }
  return {
    realms: realmNames(options.realms ?? ['realm1'], uriRule),
    clock: options.clock,
    random: options.random,
    log: options.log ?? silent,
    agent: options.agent ?? 'wamp-run',
    uriRule,
    strictRequestIds: options.strictRequestIds ?? true,
    handshakeTimeout: timeout('handshakeTimeout', options.handshakeTimeout ?? 10_000, 1),
    closeTimeout: timeout('closeTimeout', options.closeTimeout ?? 2_000, 0),
  };
}

function realmNames(realms: readonly string[], rule: UriRule): readonly string[] {
  if (!Array.isArray(realms) || realms.length === 0) {
    throw new InvalidConfiguration('realms: expected a list with the name of at least one realm');
  }
  for (const [index, realm] of realms.entries()) {
    try {
      checkUri(realm, `realms[${index}]`, 'exact', rule);
    } catch (error) {
      throw new InvalidConfiguration((error as Error).message, { cause: error });
    }
    if (realms.indexOf(realm) < index) {
      throw new InvalidConfiguration(`realms[${index}]: ${JSON.stringify(realm)} is listed twice`);
    }
  }
  return realms;
}

function timeout(name: string, ms: number, least: number): number {
  if (typeof ms === 'number' && ms >= least && ms <= LONGEST) return ms;
  throw new InvalidConfiguration(`${name}: expected ${least} to ${LONGEST} milliseconds, got ${String(ms)}`);
}
