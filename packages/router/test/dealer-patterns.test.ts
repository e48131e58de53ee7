import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';
import { answering, answerTo, join, refused } from './dealer-sessions.js';

/** A callee for each of these registrations, which answers with its pattern; and a caller. */
async function registered(...patterns: [pattern: string, match: string][]) {
  const { router } = routerAndClock();
  for (const [pattern, match] of patterns) {
    const callee = await join(router);
    await callee.register(pattern, { match });
    answering(callee, `${match} ${pattern}`);
  }
  return { router, caller: await join(router) };
}

describe('pattern-based registration', () => {
  test('exact comes before prefix, prefix before wildcard', async () => {
    const { caller } = await registered(['com.a.b', 'exact'], ['com.a', 'prefix'], ['com..', 'wildcard']);
    expect(await answerTo(caller, 'com.a.b')).toBe('exact com.a.b');
    expect(await answerTo(caller, 'com.a.c')).toBe('prefix com.a');
    expect(await answerTo(caller, 'com.x.c')).toBe('wildcard com..');
  });

  test('of prefixes, the longest', async () => {
    const { caller } = await registered(['com', 'prefix'], ['com.a.', 'prefix'], ['com.a.b', 'prefix']);
    expect(await answerTo(caller, 'com.a.bc')).toBe('prefix com.a.b');
    expect(await answerTo(caller, 'com.a.c')).toBe('prefix com.a.');
    expect(await answerTo(caller, 'company')).toBe('prefix com');
  });

  test('a prefix matches character by character, a wildcard part by part', async () => {
    const { caller } = await registered(['com.emergency', 'prefix'], ['org..get', 'wildcard']);
    expect(await answerTo(caller, 'com.emergency-low')).toBe('prefix com.emergency');
    expect(await answerTo(caller, 'org.tea.get')).toBe('wildcard org..get');
    for (const procedure of ['org.tea.green.get', 'org.get', 'org.tea.getter']) {
      caller.call(procedure);
      expect((await caller.error()).error).toBe('wamp.error.no_such_procedure');
    }
  });

  test('of wildcards, the longest run of parts at the beginning; among equals, the next run', async () => {
    const { caller } = await registered(
      ['a1.b2..d4.e5', 'wildcard'],
      ['a1.b2.c33..e5', 'wildcard'],
      ['a1.b2..d4.e5..g7', 'wildcard'],
      ['a1.b2..d4..f6.g7', 'wildcard'],
    );
    expect(await answerTo(caller, 'a1.b2.c33.d4.e5')).toBe('wildcard a1.b2.c33..e5');
    expect(await answerTo(caller, 'a1.b2.c88.d4.e5')).toBe('wildcard a1.b2..d4.e5');
    expect(await answerTo(caller, 'a1.b2.c88.d4.e5.f6.g7')).toBe('wildcard a1.b2..d4.e5..g7');
  });

  test('exactly one callee is called', async () => {
    const { router, caller } = await registered(['com.', 'prefix'], ['com..b', 'wildcard']);
    expect(await answerTo(caller, 'com.a.b')).toBe('prefix com.');
    await caller.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('the empty prefix matches everything, but not what belongs to the protocol', async () => {
    const { caller } = await registered(['', 'prefix'], ['', 'wildcard'], ['..', 'wildcard']);
    expect(await answerTo(caller, 'anything')).toBe('prefix ');
    caller.call('wamp.no.such');
    expect((await caller.error()).error).toBe('wamp.error.no_such_procedure');
  });

  test('a call of what is no URI meets no pattern', async () => {
    const { caller } = await registered(['com.', 'prefix'], ['..', 'wildcard']);
    for (const procedure of ['com..b', 'com.a b', 'com.#', `com.${'x'.repeat(1_024)}`]) {
      caller.call(procedure);
      expect((await caller.error()).error).toBe('wamp.error.invalid_uri');
    }
  });

  test('INVOCATION names the procedure, where it was registered by a pattern', async () => {
    const { router } = routerAndClock();
    const [callee, caller] = [await join(router), await join(router)];
    await callee.register('com.', { match: 'prefix' });
    await callee.register('org..get', { match: 'wildcard' });
    await callee.register('net.get', { match: 'exact' });
    for (const procedure of ['com.tea', 'org.tea.get']) {
      caller.call(procedure, [1]);
      const invocation = await callee.invocation();
      expect(invocation.details).toEqual({ procedure });
      expect(argsOf(invocation)).toEqual([1]);
    }
    caller.call('net.get');
    expect((await callee.invocation()).details).toEqual({});
  });

  test('one text may be registered under each policy, each on its own', async () => {
    const { router } = routerAndClock();
    const callee = await join(router);
    const ids = [];
    for (const match of ['exact', 'prefix', 'wildcard']) ids.push(await callee.register('com.tea', { match }));
    expect(new Set(ids).size).toBe(3);
    expect(await refused(callee, 'com.tea', { match: 'prefix' })).toBe('wamp.error.procedure_already_exists');
    expect(router.counts().realms[0]?.registrations).toBe(3);
    for (const id of ids) await callee.unregister(id);
    callee.call('com.tea');
    expect((await callee.error()).error).toBe('wamp.error.no_such_procedure');
    expect(router.counts().realms[0]?.registrations).toBe(0);
  });

  test.each([
    ['a..b', 'exact'],
    ['', 'exact'],
    ['a..b', 'prefix'],
    ['.', 'prefix'],
    ['a b.', 'prefix'],
    ['a. .b', 'wildcard'],
    ['a.#.b', 'wildcard'],
    ['wamp', 'prefix'],
    ['wamp.', 'prefix'],
    ['wamp..get', 'wildcard'],
    ['x'.repeat(1_025), 'prefix'],
    ['a'.concat('.'.repeat(10)), 'wildcard'],
    ['a.b.c.d.e.f.g.h.i.j.k', 'wildcard'],
    [`${'a.'.repeat(32)}`, 'prefix'],
    ['a'.concat('.a'.repeat(32)), 'exact'],
  ])('REGISTER %j by %s: ERROR invalid_uri', async (pattern, match) => {
    const { router } = routerAndClock();
    const callee = await join(router);
    expect(await refused(callee, pattern, { match })).toBe('wamp.error.invalid_uri');
    expect(router.counts().realms[0]?.registrations).toBe(0);
  });

  test('what is as long as it may be is taken', async () => {
    const { caller } = await registered(
      [`a${'.'.repeat(9)}`, 'wildcard'],
      ['b.'.repeat(31), 'prefix'],
      [`c${'.c'.repeat(31)}`, 'exact'],
    );
    expect(await answerTo(caller, `a${'.x'.repeat(9)}`)).toBe('wildcard a.........');
    expect(await answerTo(caller, `${'b.'.repeat(31)}end`)).toBe(`prefix ${'b.'.repeat(31)}`);
    expect(await answerTo(caller, `c${'.c'.repeat(31)}`)).toBe(`exact c${'.c'.repeat(31)}`);
  });

  test('names of JavaScript objects are parts like any other', async () => {
    const { caller } = await registered(
      ['__proto__.', 'prefix'],
      ['constructor..__proto__', 'wildcard'],
      ['..valueOf', 'wildcard'],
    );
    expect(await answerTo(caller, '__proto__.toString')).toBe('prefix __proto__.');
    expect(await answerTo(caller, 'constructor.hasOwnProperty.__proto__')).toBe('wildcard constructor..__proto__');
    expect(await answerTo(caller, 'constructor.__proto__.valueOf')).toBe('wildcard ..valueOf');
    caller.call('constructor.prototype');
    expect((await caller.error()).error).toBe('wamp.error.no_such_procedure');
  });

  test('the strict rule holds for patterns, too', async () => {
    const { router } = routerAndClock({ uriRule: 'strict' });
    const callee = await TestClient.join(router);
    expect(await refused(callee, 'com.Tea.', { match: 'prefix' })).toBe('wamp.error.invalid_uri');
    await callee.register('com.tea.', { match: 'prefix' });
    callee.call('com.tea.Green');
    expect((await callee.error()).error).toBe('wamp.error.invalid_uri');
  });
});
