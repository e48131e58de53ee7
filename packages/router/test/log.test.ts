import {
  abortMessage,
  authenticateMessage,
  goodbyeMessage,
  helloMessage,
  Logger,
  type Message,
  MessageType,
  type RouterAuthenticator,
  SerializationError,
  type Transport,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { ALL_ROLES, routed, routerAndClock, TestClient } from './clients.js';

/** Keeps what is said, with the fields of the loggers that it came through. */
class Notebook extends Logger {
  readonly lines: { level: string; text: string; fields: Record<string, unknown> }[];
  readonly #fields: object;

  constructor(fields: object = {}, lines: Notebook['lines'] = []) {
    super();
    this.#fields = fields;
    this.lines = lines;
  }

  trace = this.#writer('trace');
  debug = this.#writer('debug');
  info = this.#writer('info');
  warn = this.#writer('warn');
  error = this.#writer('error');

  child(fields: object): Logger {
    return new Notebook({ ...this.#fields, ...fields }, this.lines);
  }

  of(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text);
  }

  #writer(level: string) {
    return (fields: object | string, text?: string): void => {
      const own = typeof fields === 'string' ? {} : fields;
      this.lines.push({ level, text: text ?? String(fields), fields: { ...this.#fields, ...own } });
    };
  }
}

describe('the log', () => {
  test('an ordinary life is debug, with realm and session in every line', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log });
    const client = await TestClient.join(router);
    await client.leave();
    expect(log.lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'debug: session joined',
      'debug: session left',
    ]);
    for (const { fields } of log.lines) {
      expect(fields).toMatchObject({ realm: 'realm1', session: client.session, peer: 'scripted', wire: 'memory' });
    }
  });

  test('a violation is a warning that says what was wrong', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log });
    const client = await TestClient.join(router);
    client.yield(7);
    await client.aborted();
    expect(log.of('warn')).toEqual(['session aborted: YIELD request id 7: no such invocation in this session']);
    expect(log.of('error')).toEqual([]);
  });

  test('so is an ABORT from a client, its text cut', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log });
    const client = await TestClient.join(router);
    client.say(abortMessage('wamp.error.protocol_violation', { message: 'x'.repeat(10_000) }));
    await routed();
    expect(log.of('warn')).toEqual(['the client aborted its session']);
    expect(JSON.stringify(log.lines).length).toBeLessThan(2_000);
  });

  test('and a transport that failed', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log });
    const client = await TestClient.join(router);
    client.peer.drop({ clean: false, reason: 'reset', error: new Error('ECONNRESET') });
    await routed();
    expect(log.of('warn')).toEqual(['transport failed: reset']);
  });

  test('an EVENT that cannot be carried is a warning, a PUBLISH that is dropped unanswered is debug', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log });
    const narrow = (transport: Transport) => ({
      ...transport,
      send: (message: Message) => {
        if (message.type === MessageType.EVENT) throw new SerializationError('args[0]: cannot be carried');
        transport.send(message);
      },
    });
    const subscriber = await TestClient.join(router, { through: narrow });
    const publisher = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    await publisher.acknowledged('com.tick', [1]);
    publisher.publish('wamp.tick');
    await publisher.hearsNothing();
    expect(log.of('warn')).toEqual(['EVENT dropped: it cannot be carried to this subscriber']);
    expect(log.of('debug').at(-1)).toMatch(/^PUBLISH dropped: topic: "wamp.tick"/);
  });

  test('events that are dropped are two warnings: when it begins, and how many when it ends', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log, limits: { queuedBytes: 10 } });
    let queuedBytes = 0;
    const slow = (transport: Transport): Transport => ({
      ...transport,
      get queuedBytes() {
        return queuedBytes;
      },
    });
    const subscriber = await TestClient.join(router, { through: slow });
    const publisher = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    queuedBytes = 11;
    for (let n = 0; n < 5; n++) await publisher.acknowledged('com.tick');
    queuedBytes = 0;
    for (let n = 0; n < 5; n++) await publisher.acknowledged('com.tick');
    const lines = log.lines.filter(({ level }) => level === 'warn');
    expect(lines.map(({ text }) => text)).toEqual([
      'events are dropped: too much waits for this client, which does not read',
      'events were dropped: this client did not read for a time',
    ]);
    expect(lines.map(({ fields }) => [fields.session, fields.queuedBytes, fields.dropped])).toEqual([
      [subscriber.session, 11, undefined],
      [subscriber.session, undefined, 5],
    ]);
  });

  test('what is wrong with a transport, and not with a message, is an error', async () => {
    const log = new Notebook();
    const { router } = routerAndClock({ log });
    const broken = (transport: Transport) => ({
      ...transport,
      send: (message: Message) => {
        if (message.type !== MessageType.WELCOME) throw new TypeError('a mistake in this transport');
        transport.send(message);
      },
    });
    const client = await TestClient.join(router, { through: broken });
    client.call('com.add');
    await routed();
    expect(log.of('error')).toEqual(['ERROR could not be sent: the transport failed']);
    expect(log.of('warn')).toEqual(['ERROR could not be sent']);
  });

  test('of a login says what became of it, and never what the client showed', async () => {
    const log = new Notebook();
    const ticket: RouterAuthenticator = {
      method: 'ticket',
      begin: () => ({
        onHello: () => ({ outcome: 'challenge', extra: { nonce: 'the challenge' } }),
        onAuthenticate: ({ signature }) => {
          if (signature === 'a ticket that breaks it') throw new Error('the directory is down');
          return { outcome: 'deny', message: 'no' };
        },
      }),
    };
    const { router } = routerAndClock({ log, authenticators: [ticket] });
    for (const shown of ['a wrong ticket', 'a ticket that breaks it']) {
      const peer = new ScriptedPeer();
      router.attach(peer.transport);
      const claims = { authmethods: ['ticket'], authid: 'joe', authextra: { pin: 'a pin' } };
      peer.say(helloMessage('realm1', { roles: ALL_ROLES, ...claims }));
      await peer.expect(MessageType.CHALLENGE);
      peer.say(authenticateMessage(shown, { pin: 'a pin' }));
      await peer.expect(MessageType.ABORT);
    }
    expect(log.of('warn')).toEqual(['login refused']);
    expect(log.of('error')).toEqual(['login refused: its authenticator failed']);
    expect(JSON.stringify(log.lines)).not.toMatch(/ticket that|wrong ticket|a pin|the challenge/);
  });

  test('knows no error where a session has said GOODBYE while an authorizer was asked about what came before', async () => {
    const log = new Notebook();
    const answers: ((allow: boolean) => void)[] = [];
    const authorize = () => new Promise<boolean>((resolve) => answers.push(resolve));
    const { router } = routerAndClock({ log, realms: [{ name: 'realm1', authorizer: { authorize } }] });
    const client = await TestClient.join(router);
    client.publish('com.tick', [], { acknowledge: true });
    client.say(goodbyeMessage('wamp.close.normal'));
    await routed();
    answers[0]?.(true);
    await client.expect(MessageType.GOODBYE);
    expect(log.lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'debug: session joined',
      'debug: session left',
    ]);
  });
});
