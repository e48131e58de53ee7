import { uriPattern, type Value } from '@wamp-run/protocol';
import type { HeldBy } from './network.js';
import { settle } from './patience.js';
import { TestRealm } from './test-realm.js';

/** What an assertion found. */
export interface Claim {
  readonly holds: boolean;
  /** What to say where it should hold, and does not. */
  readonly failure: string;
  /** What to say where it should not hold, and does. */
  readonly negated: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Whether two values are equal: the test runner's own, which knows its `anything()`. */
export type Equal = (actual: unknown, expected: unknown) => boolean;

/** What was published, as far as it is asked about. */
export interface PublishedClaim {
  readonly topic: string;
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: object | undefined;
}

const MOST = 20;

/** Whether a procedure is registered, once everything has come to rest. */
export async function registeredClaim(subject: unknown, uri: string): Promise<Claim> {
  const realm = realmOf(subject);
  await settle();
  return heldClaim(uri, { what: 'registered', found: realm.registrations(), realm: realm.name });
}

/** Whether a topic is subscribed to, once everything has come to rest. */
export async function subscribedClaim(subject: unknown, topic: string): Promise<Claim> {
  const realm = realmOf(subject);
  await settle();
  return heldClaim(topic, { what: 'subscribed to', found: realm.subscriptions(), realm: realm.name });
}

/** Whether an event was published, and not refused, once everything has come to rest. */
export async function publishedClaim(subject: unknown, wanted: PublishedClaim, equal: Equal): Promise<Claim> {
  const realm = realmOf(subject);
  await settle();
  const { topic, args, kwargs } = wanted;
  const published = realm.events().filter(({ refused }) => refused === undefined);
  const ofTopic = published.filter((event) => event.topic === topic);
  const fitting = ofTopic.filter(
    (event) => (args === undefined || equal(event.args, args)) && (kwargs === undefined || equal(event.kwargs, kwargs)),
  );
  const withWhat = [args, kwargs].filter((each) => each !== undefined).map(shown);
  const expectation = `${topic} to be published${withWhat.length === 0 ? '' : ` with ${withWhat.join(' and ')}`}`;
  const there =
    ofTopic.length > 0
      ? `it was published with ${listed(ofTopic.map((event) => `${shown(event.args)}${kwargsShown(event.kwargs)} by ${event.by}`))}`
      : published.length > 0
        ? `published were ${listed([...new Set(published.map((event) => event.topic))])}`
        : 'nothing was published';
  const refused = realm.events(topic).find((event) => event.refused !== undefined);
  const refusal = refused === undefined ? '' : `; the router refused one of ${refused.by} with ${refused.refused}`;
  return {
    holds: fitting.length > 0,
    failure: `expected ${expectation} in ${realm.name}, but ${there}${refusal}`,
    negated: `expected not ${expectation} in ${realm.name}, but it was, by ${fitting[0]?.by}`,
    actual: ofTopic.map((event) => event.args),
    expected: args ?? topic,
  };
}

function heldClaim(uri: string, at: { what: string; found: readonly HeldBy[]; realm: string }): Claim {
  const { what, found, realm } = at;
  const wire = uriPattern(uri).uri;
  const owners = found.filter((held) => held.uri === wire).map(({ by }) => by);
  const there = found.map((held) => `${held.uri}${held.match === 'exact' ? '' : ` (${held.match})`} by ${held.by}`);
  const instead = there.length === 0 ? `nothing is ${what}` : `${what} are ${listed(there)}`;
  return {
    holds: owners.length > 0,
    failure: `expected ${uri} to be ${what} in ${realm}, but ${instead}`,
    negated: `expected ${uri} not to be ${what} in ${realm}, but it is, by ${owners.join(', ')}`,
    actual: found.map((held) => held.uri),
    expected: uri,
  };
}

function realmOf(subject: unknown): TestRealm {
  if (subject instanceof TestRealm) return subject;
  throw new TypeError(`expected a realm of createTestRealm(), got ${subject === null ? 'null' : typeof subject}`);
}

function listed(items: readonly string[]): string {
  const more = items.length > MOST ? ` and ${items.length - MOST} more` : '';
  return `${items.slice(0, MOST).join(', ')}${more}`;
}

function kwargsShown(kwargs: { [key: string]: Value }): string {
  return Object.keys(kwargs).length === 0 ? '' : ` and ${shown(kwargs)}`;
}

/** A value for people: as JSON, with what JSON does not know in words. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return `${item}n`;
    return item instanceof Uint8Array ? `bytes(${item.join()})` : item;
  });
}
