import { type Dict, errorMessage, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock } from './clients.js';
import { callPart, join, rolesWithout } from './dealer-sessions.js';

const PPT: Dict = { ppt_scheme: 'x_mine', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm', ppt_keyid: 'key 7' };

async function pair({ caller: asCaller, callee: asCallee }: { caller?: Dict; callee?: Dict } = {}) {
  const { router } = routerAndClock();
  const callee = await join(router, asCallee === undefined ? {} : { roles: asCallee });
  const caller = await join(router, asCaller === undefined ? {} : { roles: asCaller });
  await callee.register('com.work');
  return { router, callee, caller };
}

const WITHOUT = rolesWithout('payload_passthru_mode');

describe('payload passthru', () => {
  test('its attributes and its payload go through as they are: call, result, progress and error', async () => {
    const { callee, caller } = await pair();
    const box = new Uint8Array([1, 2, 3]);
    caller.call('com.work', [box], { ...PPT, receive_progress: true });
    const invocation = await callee.invocation();
    expect(invocation.details).toEqual({ ...PPT, receive_progress: true });
    expect(argsOf(invocation)).toEqual([box]);
    callee.yield(1, [box], { ...PPT, progress: true });
    callee.yield(1, [box], { ppt_scheme: 'mqtt' });
    expect((await caller.result()).details).toEqual({ ...PPT, progress: true });
    expect((await caller.result()).details).toEqual({ ppt_scheme: 'mqtt' });
    caller.call('com.work', [box], { ppt_scheme: 'x_mine' });
    expect((await callee.invocation()).details).toEqual({ ppt_scheme: 'x_mine' });
    callee.say(errorMessage(MessageType.INVOCATION, 2, 'com.error', { args: [box], kwargs: {} }, { ...PPT }));
    const error = await caller.error();
    expect(error).toMatchObject({ error: 'com.error', details: PPT });
    expect(argsOf(error)).toEqual([box]);
  });

  test('each part of a call has its own', async () => {
    const { callee, caller } = await pair();
    const request = caller.call('com.work', [], { ...PPT, progress: true });
    expect((await callee.invocation()).details).toEqual({ ...PPT, progress: true });
    callPart(caller, request, 'com.work', [], { progress: true });
    expect((await callee.invocation()).details).toEqual({ progress: true });
    callPart(caller, request, 'com.work', [], { ppt_scheme: 'mqtt' });
    expect((await callee.invocation()).details).toEqual({ ppt_scheme: 'mqtt' });
  });

  test('CALL for a callee that did not announce it: ERROR feature_not_supported', async () => {
    const { router, callee, caller } = await pair({ callee: WITHOUT });
    const request = caller.call('com.work', [], PPT);
    expect(await caller.error()).toMatchObject({
      requestType: 48,
      request,
      error: 'wamp.error.feature_not_supported',
    });
    await callee.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('also for a later part; its callee may stop', async () => {
    const { callee, caller } = await pair({ callee: WITHOUT });
    const request = caller.call('com.work', [], { progress: true });
    await callee.invocation();
    callPart(caller, request, 'com.work', [], PPT);
    expect((await caller.error()).error).toBe('wamp.error.feature_not_supported');
    await callee.expect(MessageType.INTERRUPT);
    await callee.hearsNothing();
  });

  test('YIELD for a caller that did not announce it: ERROR feature_not_supported, and the call is over', async () => {
    const { router, callee, caller } = await pair({ caller: WITHOUT });
    const request = caller.call('com.work');
    await callee.invocation();
    callee.yield(1, [], PPT);
    expect(await caller.error()).toMatchObject({
      requestType: 48,
      request,
      error: 'wamp.error.feature_not_supported',
    });
    expect(router.counts().realms[0]?.calls).toBe(0);
    await callee.hearsNothing();
  });

  test('also for a progressive one; its callee may stop', async () => {
    const { router, callee, caller } = await pair({ caller: WITHOUT });
    caller.call('com.work', [], { receive_progress: true });
    await callee.invocation();
    callee.yield(1, [], { ...PPT, progress: true });
    expect((await caller.error()).error).toBe('wamp.error.feature_not_supported');
    await callee.expect(MessageType.INTERRUPT);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('ERROR for a caller that did not announce it: the same without its payload', async () => {
    const { callee, caller } = await pair({ caller: WITHOUT });
    caller.call('com.work');
    await callee.invocation();
    callee.say(errorMessage(MessageType.INVOCATION, 1, 'com.error', undefined, { ...PPT }));
    expect(await caller.error()).toMatchObject({ error: 'com.error', details: {}, payload: undefined });
  });

  test.each(Object.keys(PPT))('V10: %s from a session that did not announce it: ABORT', async (key) => {
    const options = { [key]: 'x' };
    const { callee, caller } = await pair({ caller: WITHOUT, callee: WITHOUT });
    caller.call('com.work');
    await callee.invocation();
    caller.call('com.work', [], options);
    expect((await caller.aborted()).message).toBe(
      `CALL options.${key}: payload_passthru_mode is not announced by this session`,
    );
    await callee.expect(MessageType.INTERRUPT);
    callee.yield(1, [], options);
    expect((await callee.aborted()).message).toBe(
      `YIELD options.${key}: payload_passthru_mode is not announced by this session`,
    );
  });
});
