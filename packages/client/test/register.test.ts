import {
  ApplicationError,
  ERROR_URIS,
  errorMessage,
  invocationMessage,
  MessageType,
  ProtocolError,
  registeredMessage,
  unregisteredMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { offered, REGISTRATION } from './offered.js';
import { failure, joined, outcome, settle } from './scripted.js';

describe('registering', () => {
  test('REGISTER carries the procedure; the registration its id', async () => {
    const { session, peer } = await joined();
    const registering = session.register('com.p', () => {});
    const register = await peer.expect(MessageType.REGISTER);
    expect(register).toEqual({ type: MessageType.REGISTER, request: 1, options: {}, procedure: 'com.p' });
    peer.say(registeredMessage(1, 200));
    expect(await registering).toMatchObject({ id: 200, procedure: 'com.p', active: true });
  });

  test('a refusal rejects', async () => {
    const { session, peer } = await joined();
    const registering = session.register('com.p', () => {});
    const { request } = await peer.expect(MessageType.REGISTER);
    peer.say(errorMessage(MessageType.REGISTER, request, ERROR_URIS.procedureAlreadyExists));
    const error = await failure(registering);
    expect(error).toBeInstanceOf(ApplicationError);
    expect(error).toMatchObject({ error: ERROR_URIS.procedureAlreadyExists, executed: 'no' });
  });

  test('two procedures under one id are a violation', async () => {
    const { session, peer } = await offered(() => {});
    const registering = session.register('com.q', () => {});
    const { request } = await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(request, REGISTRATION));
    expect(await failure(registering)).toBeInstanceOf(ProtocolError);
    await peer.expect(MessageType.ABORT);
  });
});

describe('unregistering', () => {
  test('the handler stays until UNREGISTERED arrives', async () => {
    const { registration, invoke, peer } = await offered(() => 'still here');
    const unregistering = registration.unregister();
    const { request, registration: id } = await peer.expect(MessageType.UNREGISTER);
    expect(id).toBe(REGISTRATION);
    invoke();
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ payload: { args: ['still here'] } });
    expect([registration.active, await outcome(unregistering)]).toEqual([true, 'pending']);
    peer.say(unregisteredMessage(request));
    await unregistering;
    expect(registration.active).toBe(false);
  });

  test('twice is once', async () => {
    const { registration, peer } = await offered(() => {});
    const both = [registration.unregister(), registration.unregister()];
    peer.say(unregisteredMessage((await peer.expect(MessageType.UNREGISTER)).request));
    await Promise.all(both);
    await registration.unregister();
    expect(peer.heard).toEqual([]);
  });

  test('what the router no longer knows is unregistered', async () => {
    const { registration, peer } = await offered(() => {});
    const unregistering = registration.unregister();
    const { request } = await peer.expect(MessageType.UNREGISTER);
    peer.say(errorMessage(MessageType.UNREGISTER, request, ERROR_URIS.noSuchRegistration));
    await unregistering;
    expect(registration.active).toBe(false);
  });

  test('any other refusal rejects; the procedure stays, and it can be tried again', async () => {
    const { registration, invoke, peer } = await offered(() => 1);
    const unregistering = registration.unregister();
    const { request } = await peer.expect(MessageType.UNREGISTER);
    peer.say(errorMessage(MessageType.UNREGISTER, request, ERROR_URIS.notAuthorized));
    expect(await failure(unregistering)).toMatchObject({ error: ERROR_URIS.notAuthorized });
    invoke();
    await peer.expect(MessageType.YIELD);
    expect(registration.active).toBe(true);
    const again = registration.unregister();
    peer.say(unregisteredMessage((await peer.expect(MessageType.UNREGISTER)).request));
    await again;
  });

  test('an INVOCATION for a registration that is gone is answered with no_such_procedure: nothing ran', async () => {
    const { registration, peer, session } = await offered(() => {});
    const unregistering = registration.unregister();
    peer.say(unregisteredMessage((await peer.expect(MessageType.UNREGISTER)).request));
    await unregistering;
    peer.say(invocationMessage(77, REGISTRATION, {}));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      requestType: MessageType.INVOCATION,
      request: 77,
      error: ERROR_URIS.noSuchProcedure,
    });
    expect(session.details).toBeDefined();
  });

  test('a revocation makes it inactive; what runs may still answer; one for what is unknown is ignored', async () => {
    let answer = (_: string) => {};
    const { registration, peer, invoke, session } = await offered(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    invoke();
    peer.say(unregisteredMessage(0, { registration: 12345 }));
    peer.say(unregisteredMessage(0, { registration: REGISTRATION }));
    await settle();
    expect(registration.active).toBe(false);
    answer('late, but good');
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ payload: { args: ['late, but good'] } });
    await registration.unregister();
    expect(peer.heard).toEqual([]);
    expect(session.details).toBeDefined();
  });
});
