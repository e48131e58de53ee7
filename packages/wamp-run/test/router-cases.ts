// Longer than 300 lines: one table of every key that a file has for the router of the command, each with what it does there.
import { fileURLToPath } from 'node:url';
import { ApplicationError } from '@wamp-run/protocol';
import { expect } from 'vitest';
import type { RouterKeyName } from '../src/configuration/router-section.js';
import type { CommandFolder, Run } from './command-folder.js';
import { RawClient } from './raw-client.js';

/** Shows by the running command that a key works. */
export type RouterCase = (folder: CommandFolder) => Promise<void>;

const PROBE = fileURLToPath(new URL('./fixtures/probe.mjs', import.meta.url));
const ABORT = 3;
const CHALLENGE = 4;
const GOODBYE = 6;
const SUBSCRIBED = 33;
const EVENT = 36;

interface Started {
  readonly run: Run;
  readonly url: string;
}

/** The router with these keys, each below `router`. */
async function router(folder: CommandFolder, keys: Record<string, unknown>): Promise<Started> {
  const file = Object.fromEntries(Object.entries({ port: 0, ...keys }).map(([key, value]) => [`router.${key}`, value]));
  const run = folder.run(['router'], { file });
  return { run, url: await run.says(/^router +(\S+)/m) };
}

/** The same with what only JavaScript can say. */
async function scripted(folder: CommandFolder, section: string): Promise<string> {
  folder.write('own.mjs', `export default { router: { port: 0, ${section} } };\n`);
  const run = folder.run(['router', '--config', 'own.mjs']);
  return run.says(/^router +(\S+)/m);
}

/** What is refused, by its error URI. */
async function errorOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    return error instanceof ApplicationError ? error.error : String(error);
  }
  return 'done';
}

/** A session that comes after others at a router of such a bound is refused. */
const holdsOneSession =
  (limit: 'sessions' | 'sessionsPerAddress'): RouterCase =>
  async (folder) => {
    const { url } = await router(folder, { [`limits.${limit}`]: 1 });
    await folder.session(url);
    await expect(folder.session(url)).rejects.toThrow('limit_exceeded');
  };

const holdsOneHandshake =
  (limit: 'handshakes' | 'handshakesPerAddress'): RouterCase =>
  async (folder) => {
    const { url } = await router(folder, { [`limits.${limit}`]: 1 });
    await RawClient.connect(folder, url);
    const second = await RawClient.connect(folder, url);
    expect(await second.rest()).toEqual([[ABORT, expect.any(Object), 'wamp.error.limit_exceeded']]);
  };

/** Messages of a session whose authorizer never answers. */
const waitsForAnAuthorizer =
  (limits: string): RouterCase =>
  async (folder) => {
    const authorizer = '{ authorize: () => new Promise(() => {}) }';
    const url = await scripted(folder, `realms: [{ name: 'realm1', authorizer: ${authorizer} }], limits: ${limits}`);
    const { raw } = await RawClient.join(folder, url);
    raw.say([16, 1, {}, 'com.a', ['a']], [16, 2, {}, 'com.b', ['b']], [16, 3, {}, 'com.c', ['c']]);
    expect(await raw.rest()).toEqual([[ABORT, expect.any(Object), 'wamp.error.limit_exceeded']]);
  };

/** Calls of a procedure that takes one at a time, and never answers: what becomes of the second and the third. */
async function waitingCalls(folder: CommandFolder, keys: Record<string, unknown>): Promise<string[]> {
  const { url } = await router(folder, keys);
  const callee = await folder.session(url);
  let begun = () => {};
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  await callee.register('com.slow', () => new Promise(begun), { concurrency: 1 });
  const caller = await folder.session(url);
  caller.call('com.slow').catch(() => {});
  await first;
  const second = errorOf(caller.call('com.slow', ['x'.repeat(100)]));
  const third = errorOf(caller.call('com.slow', ['x'.repeat(100)]));
  const [, told] = await Promise.all([callee.publish('com.any', [], { acknowledge: true }), third]);
  // Who still waits has no answer yet.
  return [await Promise.race([second, 'waits']), told];
}

/** What a subscriber gets of three events that come in one turn, and of one that comes later. */
async function threeAtOnce(folder: CommandFolder, keys: Record<string, unknown>): Promise<unknown[][]> {
  const { url } = await router(folder, keys);
  const { raw: subscriber } = await RawClient.join(folder, url);
  subscriber.say([32, 1, {}, 'com.news']);
  expect((await subscriber.next())?.[0]).toBe(SUBSCRIBED);
  const { raw: publisher } = await RawClient.join(folder, url);
  publisher.say([16, 1, {}, 'com.news', [1]], [16, 2, {}, 'com.news', [2]], [16, 3, {}, 'com.news', [3]]);
  const got = [await subscriber.next()];
  publisher.say([16, 4, {}, 'com.news', [4]]);
  got.push(await subscriber.next());
  return got as unknown[][];
}

const testaments =
  (limit: 'testaments' | 'testamentBytes', refused: readonly string[]): RouterCase =>
  async (folder) => {
    const session = await folder.session((await router(folder, { [`limits.${limit}`]: 1 })).url);
    const add = () => errorOf(session.call('wamp.session.add_testament', ['com.will', ['last words'], {}]));
    expect([await add(), await add()]).toEqual(refused);
  };

const retained =
  (limit: 'retainedEvents' | 'retainedBytes', refused: readonly string[]): RouterCase =>
  async (folder) => {
    const session = await folder.session((await router(folder, { [`limits.${limit}`]: 1 })).url);
    const publish = (topic: string) => errorOf(session.publish(topic, ['kept'], { acknowledge: true, retain: true }));
    expect([await publish('com.a'), await publish('com.b')]).toEqual(refused);
  };

const LIMIT = 'wamp.error.limit_exceeded';
const LOGINS = {
  authentication: { ticket: {} },
  principals: [{ authid: 'ann', authrole: 'user', realm: 'realm1', ticket: 'of ann' }],
};

/** HELLO of ann, who logs in by her ticket. */
const HELLO = [1, 'realm1', { roles: { caller: {} }, authmethods: ['ticket'], authid: 'ann' }];

/** Ann logs in; what WELCOME says of her. */
async function annAt(folder: CommandFolder, keys: Record<string, unknown>): Promise<unknown> {
  const raw = await RawClient.connect(folder, (await router(folder, keys)).url);
  raw.say(HELLO);
  expect((await raw.next())?.[0]).toBe(CHALLENGE);
  raw.say([5, 'of ann', {}]);
  return (await raw.next())?.[2];
}

/** What each key of its own router does, at the command `router`. A key without a case fails in every-setting. */
export const ROUTER_CASES: Readonly<Record<`router.${RouterKeyName}`, RouterCase>> = {
  'router.realms': async (folder) => {
    const { url } = await router(folder, { realms: [{ name: 'other', metaApi: 'none' }, 'shop'] });
    const [other, shop] = [await folder.session(url, 'other'), await folder.session(url, 'shop')];
    expect(await errorOf(other.call('wamp.session.count'))).toBe('wamp.error.no_such_procedure');
    expect(await shop.call('wamp.session.count')).toBe(1);
  },
  'router.authentication': async (folder) => {
    expect(await annAt(folder, LOGINS)).toMatchObject({ authid: 'ann', authrole: 'user', authmethod: 'ticket' });
  },
  'router.principals': async (folder) => {
    folder.write('people.json', JSON.stringify([{ ...LOGINS.principals[0], authrole: 'of a file' }]));
    expect(await annAt(folder, { ...LOGINS, principals: 'people.json' })).toMatchObject({ authrole: 'of a file' });
  },
  'router.componentRole': async (folder) => {
    const file = { 'router.port': 0, 'router.authentication': { anonymous: {} }, 'router.componentRole': 'own' };
    const run = folder.run([PROBE], { file });
    const session = await folder.session(await run.says(/^router +(\S+)/m));
    expect(await session.call('com.probe.seen')).toMatchObject({ authrole: 'own' });
  },
  'router.authenticators': async (folder) => {
    const verdict = `{ outcome: 'accept', authid: 'eve', authrole: 'own', authprovider: 'test', realm: 'realm1' }`;
    const begin = `() => ({ onHello: () => (${verdict}) })`;
    const url = await scripted(folder, `authenticators: [{ method: 'anonymous', begin: ${begin} }]`);
    expect((await RawClient.join(folder, url)).details).toMatchObject({ authid: 'eve', authrole: 'own' });
  },
  'router.realmOnDemand': async (folder) => {
    const url = await scripted(folder, `realmOnDemand: (name) => (name === 'made' ? {} : undefined)`);
    expect(await (await folder.session(url, 'made')).call('wamp.session.count')).toBe(1);
    await expect(folder.session(url, 'other')).rejects.toThrow('no_such_realm');
  },
  'router.agent': async (folder) => {
    const { details } = await RawClient.join(folder, (await router(folder, { agent: 'shop-router' })).url);
    expect(details.agent).toBe('shop-router');
  },
  'router.uriRule': async (folder) => {
    const session = await folder.session((await router(folder, { uriRule: 'strict' })).url);
    expect(await errorOf(session.subscribe('com.Shop.Sold', () => {}))).toBe('wamp.error.invalid_uri');
  },
  'router.strictRequestIds': async (folder) => {
    const { raw } = await RawClient.join(folder, (await router(folder, { strictRequestIds: false })).url);
    raw.say([32, 77, {}, 'com.news']);
    expect(await raw.next()).toEqual([SUBSCRIBED, 77, expect.any(Number)]);
  },
  'router.handshakeTimeout': async (folder) => {
    const raw = await RawClient.connect(folder, (await router(folder, { handshakeTimeout: 5 })).url);
    expect(await raw.rest()).toEqual([[ABORT, expect.any(Object), expect.any(String)]]);
  },
  'router.loginTimeout': async (folder) => {
    const raw = await RawClient.connect(folder, (await router(folder, { ...LOGINS, loginTimeout: 5 })).url);
    raw.say(HELLO);
    expect((await raw.rest()).map(([type]) => type)).toEqual([CHALLENGE, ABORT]);
  },
  'router.idleTimeout': async (folder) => {
    const { raw } = await RawClient.join(folder, (await router(folder, { idleTimeout: 5 })).url);
    expect(await raw.next()).toEqual([GOODBYE, expect.any(Object), 'wamp.close.idle']);
  },
  'router.closeTimeout': async (folder) => {
    // Neither client answers GOODBYE: the router that has waited enough ends before the other.
    const ended: string[] = [];
    const runs: Promise<unknown>[] = [];
    for (const closeTimeout of [60_000, 5]) {
      const { run, url } = await router(folder, { closeTimeout });
      const { raw } = await RawClient.join(folder, url);
      runs.push(run.end().then(() => ended.push(String(closeTimeout))));
      expect((await raw.next())?.[0]).toBe(GOODBYE);
    }
    await Promise.race(runs);
    expect(ended).toEqual(['5']);
  },
  'router.slowSubscribers': async (folder) => {
    const keys = { slowSubscribers: 'close', 'limits.queuedBytes': 1 };
    const [first, second] = await threeAtOnce(folder, keys);
    expect([first?.[4], second]).toEqual([[1], [ABORT, expect.any(Object), 'wamp.close.queue_exceeded']]);
  },
  'router.limits.sessions': holdsOneSession('sessions'),
  'router.limits.sessionsPerAddress': holdsOneSession('sessionsPerAddress'),
  'router.limits.realms': async (folder) => {
    const url = await scripted(folder, 'realmOnDemand: () => ({}), limits: { realms: 1 }');
    await folder.session(url, 'first');
    await expect(folder.session(url, 'second')).rejects.toThrow('limit_exceeded');
  },
  'router.limits.handshakes': holdsOneHandshake('handshakes'),
  'router.limits.handshakesPerAddress': holdsOneHandshake('handshakesPerAddress'),
  'router.limits.heldMessages': waitsForAnAuthorizer('{ heldMessages: 1 }'),
  'router.limits.heldBytes': waitsForAnAuthorizer('{ heldBytes: 1 }'),
  'router.limits.subscriptions': async (folder) => {
    const session = await folder.session((await router(folder, { 'limits.subscriptions': 1 })).url);
    await session.subscribe('com.a', () => {});
    expect(await errorOf(session.subscribe('com.b', () => {}))).toBe(LIMIT);
  },
  'router.limits.registrations': async (folder) => {
    const session = await folder.session((await router(folder, { 'limits.registrations': 1 })).url);
    await session.register('com.a', () => {});
    expect(await errorOf(session.register('com.b', () => {}))).toBe(LIMIT);
  },
  'router.limits.pendingCalls': async (folder) => {
    const { url } = await router(folder, { 'limits.pendingCalls': 1 });
    await (await folder.session(url)).register('com.slow', () => new Promise(() => {}));
    const caller = await folder.session(url);
    caller.call('com.slow').catch(() => {});
    expect(await errorOf(caller.call('com.slow'))).toBe(LIMIT);
  },
  'router.limits.waitingCalls': async (folder) => {
    expect(await waitingCalls(folder, { 'limits.waitingCalls': 1 })).toEqual([
      'waits',
      'wamp.error.no_available_callee',
    ]);
  },
  'router.limits.keptCallBytes': async (folder) => {
    expect(await waitingCalls(folder, { 'limits.keptCallBytes': 1 })).toEqual([LIMIT, LIMIT]);
  },
  'router.limits.testaments': testaments('testaments', ['done', LIMIT]),
  'router.limits.testamentBytes': testaments('testamentBytes', [LIMIT, LIMIT]),
  'router.limits.queuedBytes': async (folder) => {
    const got = await threeAtOnce(folder, { 'limits.queuedBytes': 1 });
    expect(got.map(([type, , , , args]) => [type, args])).toEqual([
      [EVENT, [1]],
      [EVENT, [4]],
    ]);
  },
  'router.limits.queuedBytesInAll': async (folder) => {
    const { url } = await router(folder, { 'limits.queuedBytes': 1, 'limits.queuedBytesInAll': 1 });
    const { raw } = await RawClient.join(folder, url);
    raw.say([32, 1, {}, 'com.a'], [32, 2, {}, 'com.b'], [32, 3, {}, 'com.c']);
    expect((await raw.rest()).at(-1)).toEqual([ABORT, expect.any(Object), 'wamp.close.queue_exceeded']);
  },
  'router.limits.retainedEvents': retained('retainedEvents', ['done', LIMIT]),
  'router.limits.retainedBytes': retained('retainedBytes', [LIMIT, LIMIT]),
  'router.limits.historyAnswer': async (folder) => {
    const realms = [{ name: 'realm1', history: { topics: [{ uri: 'com.news' }] } }];
    const session = await folder.session((await router(folder, { realms, 'limits.historyAnswer': 1 })).url);
    const { id } = await session.subscribe('com.news', () => {});
    for (const args of [[1], [2]]) await session.publish('com.news', args, { acknowledge: true });
    const { results } = await session.call('wamp.subscription.get_events', [id], { details: true });
    expect(results).toMatchObject([{ args: [1] }]);
  },
};
