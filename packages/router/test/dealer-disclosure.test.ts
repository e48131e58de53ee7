import type { Dict } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { RealmOptions } from '../src/index.js';
import { routerAndClock, type TestClient } from './clients.js';
import { join, refused } from './dealer-sessions.js';

async function pair(realm: Partial<RealmOptions> = {}, register: Dict = {}) {
  const { router } = routerAndClock({ realms: [{ name: 'realm1', ...realm }] });
  const callee = await join(router);
  const caller = await join(router);
  await callee.register('com.work', register);
  return { router, callee, caller };
}

function identityOf(caller: TestClient): Dict {
  const { authid, authrole } = caller.details;
  return { caller: caller.session, caller_authid: authid as string, caller_authrole: authrole as string };
}

function dealerFeatures(client: TestClient): Dict {
  return ((client.details.roles as Dict).dealer as Dict).features as Dict;
}

describe('caller identification', () => {
  test('nobody asks for it: the callee does not learn who calls', async () => {
    const { callee, caller } = await pair();
    caller.call('com.work');
    caller.call('com.work', [], { disclose_me: false });
    for (let n = 0; n < 2; n++) expect((await callee.invocation()).details).toEqual({});
  });

  test('disclose_me: the caller is disclosed, for this call', async () => {
    const { callee, caller } = await pair();
    caller.call('com.work', [], { disclose_me: true });
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual(identityOf(caller));
    expect((await callee.invocation()).details).toEqual({});
  });

  test('disclose_caller: every caller is disclosed to this callee, also one that does not ask', async () => {
    const { router, callee, caller } = await pair({}, { disclose_caller: true });
    const other = await join(router);
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual(identityOf(caller));
    other.call('com.work', [], { disclose_me: false });
    expect((await callee.invocation()).details).toEqual(identityOf(other));
  });

  test('disclose_caller is one callee’s own, also in a shared registration', async () => {
    const { router, callee, caller } = await pair({}, { invoke: 'roundrobin', disclose_caller: true });
    const discreet = await join(router);
    await discreet.register('com.work', { invoke: 'roundrobin' });
    caller.call('com.work');
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual(identityOf(caller));
    expect((await discreet.invocation()).details).toEqual({});
  });

  test('a realm that always discloses does so unasked', async () => {
    const { callee, caller } = await pair({ disclosure: 'always' });
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual(identityOf(caller));
    expect(dealerFeatures(caller).caller_identification).toBe(true);
  });

  test('a realm that never does refuses disclose_me: ERROR option_disallowed.disclose_me', async () => {
    const { router, callee, caller } = await pair({ disclosure: 'never' });
    const request = caller.call('com.work', [], { disclose_me: true });
    expect(await caller.error()).toMatchObject({
      requestType: 48,
      request,
      error: 'wamp.error.option_disallowed.disclose_me',
    });
    caller.call('com.work', [], { disclose_me: false });
    expect(await callee.invocation()).toMatchObject({ request: 1, details: {} });
    expect(router.counts().realms[0]?.calls).toBe(1);
    expect(dealerFeatures(caller)).not.toHaveProperty('caller_identification');
  });

  test('and disclose_caller: ERROR option_not_allowed', async () => {
    const { callee } = await pair({ disclosure: 'never' });
    expect(await refused(callee, 'com.rest', { disclose_caller: true })).toBe('wamp.error.option_not_allowed');
    await callee.register('com.rest', { disclose_caller: false });
  });
});

describe('call trust levels', () => {
  test('come from the router’s owner, who sees the procedure and the caller', async () => {
    const seen: unknown[] = [];
    const { callee, caller } = await pair({
      trustLevel: (action, uri, session) => {
        seen.push([action, uri, session.authid]);
        return 7;
      },
    });
    expect(dealerFeatures(caller).call_trustlevels).toBe(true);
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual({ trustlevel: 7 });
    expect(seen.at(-1)).toEqual(['call', 'com.work', caller.details.authid]);
  });

  test('0 is a level; undefined is none', async () => {
    const levels = [0, undefined];
    const { callee, caller } = await pair({ trustLevel: (action) => (action === 'call' ? levels.shift() : 1) });
    for (let n = 0; n < 2; n++) caller.call('com.work');
    expect((await callee.invocation()).details).toEqual({ trustlevel: 0 });
    expect((await callee.invocation()).details).toEqual({});
  });

  test.each<[string, () => number]>([
    ['fails', () => Math.max(...(undefined as unknown as number[]))],
    ['gives less than 0', () => -1],
    ['gives no number', () => Number.NaN],
  ])('a function that %s: the call goes on, and is not trusted', async (_, trustLevel) => {
    const { callee, caller } = await pair({ trustLevel });
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual({ trustlevel: 0 });
  });

  test('without such a function: no level, and not announced', async () => {
    const { callee, caller } = await pair();
    caller.call('com.work');
    expect((await callee.invocation()).details).toEqual({});
    expect(dealerFeatures(caller)).not.toHaveProperty('call_trustlevels');
  });
});
