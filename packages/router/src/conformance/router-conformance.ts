import {
  announce,
  CLIENT_ROLES,
  type Connector,
  type Dict,
  type Feature,
  InvalidConfiguration,
  isDict,
  type Stop,
} from '@wamp-run/protocol';
import { ORDER_RULES, PUBSUB_RULES, RPC_RULES, SESSION_RULES } from './basic-rules.js';
import { BROKER_RULES } from './broker-rules.js';
import { check } from './checks.js';
import { ConformanceClient } from './conformance-client.js';
import { DEALER_RULES } from './dealer-rules.js';
import { META_RULES } from './meta-rules.js';
import type { Room, Rule } from './rule.js';

/** What the suite needs. */
export interface RouterConformance {
  /** The test runner's way to declare a test. */
  test(name: string, run: () => Promise<void>): void;
  /** The test runner's way to declare a test that is not run. Default: it is not declared. */
  skip?(name: string, reason: string): void;
  /** Opens connections to the router, each a new one. The suite closes them. */
  readonly connector: Connector;
  /** The realm that anonymous clients may join, for all that they do there. Default `realm1`. */
  readonly realm?: string;
  /** A topic that has a history. Needed unless `lacks` says `event_history`. */
  readonly historyTopic?: string;
  /**
   * What the router does not have, each with the reason: by the name of a feature, or by `feature: rule` for a single
   * rule (`basic: V2: a second HELLO`).
   */
  readonly lacks?: Readonly<Record<string, string>>;
}

const RULES: readonly Rule[] = [
  ...SESSION_RULES,
  ...PUBSUB_RULES,
  ...RPC_RULES,
  ...ORDER_RULES,
  ...BROKER_RULES,
  ...DEALER_RULES,
  ...META_RULES,
];

const nameOf = ({ subject, name }: Rule) => `${subject}: ${name}`;

/**
 * Declares the tests that a router passes, a test for each rule of the protocol. A test fails by throwing; one that waits
 * for what never comes is for the runner's time limit. The tests share nothing but the realm, so that they may run beside
 * other clients; none of them ends sessions that are not its own.
 *
 * @throws InvalidConfiguration where `lacks` names what is neither a feature nor a rule here, or gives no reason
 * @example
 * routerConformance({ test, skip: (name) => test.skip(name), connector: websocket(url, { serializers: [cbor()], clock }),
 *   lacks: { event_history: 'has another one', 'event_retention: only the newest …': 'keeps the last event only' } });
 */
export function routerConformance(suite: RouterConformance): void {
  const lacks = checked(suite.lacks ?? {});
  const declare = (name: string, reason: string | undefined, run: (room: Room) => Promise<void>) => {
    if (reason !== undefined) suite.skip?.(name, reason);
    else suite.test(name, () => inRoom(suite, run));
  };
  declare('WELCOME announces what the router does not lack', undefined, (room) => announces(room, lacks));
  for (const rule of RULES) declare(nameOf(rule), lacks[rule.subject] ?? lacks[nameOf(rule)], (room) => rule.run(room));
}

/** The features that have rules here. */
const TESTED: readonly Feature[] = [...new Set(RULES.flatMap(({ subject }) => (subject === 'basic' ? [] : [subject])))];

function checked(lacks: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = new Set<string>([...TESTED, ...RULES.map(nameOf)]);
  for (const [name, reason] of Object.entries(lacks)) {
    if (!known.has(name))
      throw new InvalidConfiguration(`lacks: ${JSON.stringify(name)} is no feature and no rule here`);
    if (typeof reason !== 'string' || reason === '') {
      throw new InvalidConfiguration(`lacks: ${JSON.stringify(name)}: give the reason`);
    }
  }
  return lacks;
}

async function announces(room: Room, lacks: Readonly<Record<string, string>>): Promise<void> {
  const { details } = await room.join();
  const announced = new Set<string>();
  for (const role of isDict(details.roles) ? Object.values(details.roles) : []) {
    if (!isDict(role) || !isDict(role.features)) continue;
    for (const [feature, value] of Object.entries(role.features)) if (value === true) announced.add(feature);
  }
  const missing = TESTED.filter((feature) => lacks[feature] === undefined && !announced.has(feature));
  check(missing.length === 0, `not announced, and not said to be lacking: ${missing.join(', ')}`);
}

// A test is ended by its runner, not by these connections.
const NEVER: Stop = { aborted: false, reason: undefined, addEventListener: () => {}, removeEventListener: () => {} };
const ALL_FEATURES: Dict = announce(Object.fromEntries(CLIENT_ROLES.map((role) => [role, TESTED])));

async function inRoom(suite: RouterConformance, run: (room: Room) => Promise<void>): Promise<void> {
  const { connector, realm = 'realm1', historyTopic } = suite;
  const clients: ConformanceClient[] = [];
  const connect = async () => {
    const client = new ConformanceClient(await connector.connect(NEVER));
    clients.push(client);
    return client;
  };
  const first = await connect();
  try {
    // A session id is drawn at random: what is below it is nobody else's.
    await first.join(realm, ALL_FEATURES);
    const prefix = `com.conformance.r${first.session}`;
    await run({
      realm,
      historyTopic,
      uri: (end) => `${prefix}.${end}`,
      connect,
      join: async (roles = ALL_FEATURES) => {
        const client = await connect();
        await client.join(realm, roles);
        return client;
      },
    });
  } finally {
    // Not awaited: a router that fails its test may never close.
    for (const client of clients) client.close().catch(() => {});
  }
}
