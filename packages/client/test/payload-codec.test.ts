import {
  ApplicationError,
  BinaryPayload,
  type Dict,
  decoded,
  ERROR_URIS,
  errorMessage,
  eventMessage,
  InvalidConfiguration,
  type Message,
  MessageType,
  type Payload,
  type PayloadCodec,
  type PayloadForm,
  type PlainPayload,
  payloadIn,
  publishedMessage,
  resultMessage,
  SerializationError,
  subscribedMessage,
  type Value,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { CallResult, Client, type EventDetails, PayloadCoding } from '../src/index.js';
import { offered } from './offered.js';
import { failure, joined, outcome, raw, settle } from './scripted.js';
import { ToyCodec } from './toy-codec.js';

const FEATURES = { payload_passthru_mode: true, payload_transparency: true };
const DETAILS: Dict = {
  roles: {
    broker: { features: FEATURES },
    dealer: {
      features: {
        ...FEATURES,
        progressive_call_results: true,
        call_canceling: true,
        progressive_call_invocations: true,
      },
    },
  },
};

const ATTRIBUTES: Record<PayloadForm, Dict> = {
  ppt: { ppt_scheme: 'x_toy', ppt_serializer: 'json', ppt_keyid: '85' },
  autobahn: { enc_algo: 'x_toy', enc_serializer: 'json', enc_key: '85' },
};

/** The bytes of an encoded payload, which must lie as the form has it. */
function bytesOf(form: PayloadForm, payload: Payload | undefined): Uint8Array {
  if (form === 'autobahn') {
    expect(payload).toBeInstanceOf(BinaryPayload);
    return (payload as BinaryPayload).bytes;
  }
  const { args, kwargs } = decoded(payload);
  expect([args.length, kwargs]).toEqual([1, {}]);
  expect(args[0]).toBeInstanceOf(Uint8Array);
  return args[0] as Uint8Array;
}

function payloadOf(form: PayloadForm, bytes: Uint8Array): Payload {
  return form === 'autobahn' ? new BinaryPayload(bytes) : { args: [bytes], kwargs: {} };
}

/** What another side with the same codec would send. */
function sealed(form: PayloadForm, uri: string, args: Value[], kwargs: Dict = {}): Payload {
  return payloadOf(form, (new ToyCodec().encode(true, uri, args, kwargs) as { payload: Uint8Array }).payload);
}

function opened(form: PayloadForm, message: Message): unknown {
  return new ToyCodec().decode(true, '', { scheme: '', payload: bytesOf(form, payloadIn(message)) });
}

const FORMS: PayloadForm[] = ['ppt', 'autobahn'];

describe.each(FORMS)('a codec, in the form %s', (form) => {
  const attributes = ATTRIBUTES[form];
  const withCodec = (...given: [PayloadCodec?]) => ({
    coding: new PayloadCoding({ codec: given.length === 0 ? new ToyCodec() : given[0], form }),
    details: DETAILS,
  });

  test('a call goes out encoded under its URI, and its result is decoded under it', async () => {
    const codec = new ToyCodec();
    const { session, peer } = await joined(withCodec(codec));
    const calling = session.call('com.p', [1, new Date(0)], { kwargs: { a: 2 }, details: true });
    const call = await peer.expect(MessageType.CALL);
    expect(call.options).toEqual(attributes);
    expect(opened(form, call)).toEqual({ uri: 'com.p', args: [1, '1970-01-01T00:00:00.000Z'], kwargs: { a: 2 } });
    peer.say(resultMessage(call.request, attributes, sealed(form, 'com.p', [3])));
    expect(await calling).toMatchObject({ results: [3], payloadScheme: 'x_toy' });
    expect(codec.seen).toEqual([
      ['encode', true, 'com.p'],
      ['decode', true, 'com.p'],
    ]);
  });

  test('a call without arguments is encoded as well: its URI is what there is to protect', async () => {
    const { session, peer } = await joined(withCodec());
    void session.call('com.p').catch(() => {});
    expect(opened(form, await peer.expect(MessageType.CALL))).toEqual({ uri: 'com.p', args: [], kwargs: {} });
  });

  test('an event goes out encoded, and the publication says so', async () => {
    const { session, peer } = await joined(withCodec());
    const publishing = session.publish('com.t', ['secret'], { acknowledge: true });
    const publish = await peer.expect(MessageType.PUBLISH);
    expect(publish.options).toEqual({ acknowledge: true, ...attributes });
    expect(opened(form, publish)).toEqual({ uri: 'com.t', args: ['secret'], kwargs: {} });
    peer.say(publishedMessage(publish.request, 9));
    expect(await publishing).toEqual({ id: 9, payloadScheme: 'x_toy' });
  });

  test('an event that comes is decoded once, and every handler has arguments of its own', async () => {
    const codec = new ToyCodec();
    const { session, peer } = await joined(withCodec(codec));
    const seen: [Value[], Dict, EventDetails][] = [];
    const handler = (args: Value[], kwargs: Dict, details: EventDetails) => {
      seen.push([structuredClone(args), kwargs, details]);
      args.push('spoiled');
    };
    const subscribing = session.subscribe('com.t', handler);
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await subscribing;
    await session.subscribe('com.t', handler);
    peer.say(eventMessage(300, 1, attributes, sealed(form, 'com.t', ['x'], { k: 1 })));
    await settle();
    expect(seen.map(([args, kwargs]) => [args, kwargs])).toEqual([
      [['x'], { k: 1 }],
      [['x'], { k: 1 }],
    ]);
    expect(seen.map(([, , details]) => details.payloadScheme)).toEqual(['x_toy', 'x_toy']);
    expect(codec.seen).toEqual([['decode', false, 'com.t']]);
  });

  test('a pattern’s event must have been encoded for the topic that it came for', async () => {
    const { session, peer, reported } = await joined(withCodec());
    const seen: unknown[] = [];
    const subscribing = session.subscribe('com.', (args) => seen.push(args), { match: 'prefix' });
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await subscribing;
    peer.say(eventMessage(300, 1, { ...attributes, topic: 'com.t' }, sealed(form, 'com.t', ['good'])));
    peer.say(eventMessage(300, 1, { ...attributes, topic: 'com.u' }, sealed(form, 'com.t', ['moved'])));
    await settle();
    expect(seen).toEqual([['good']]);
    expect(reported).toMatchObject([{ error: { error: ERROR_URIS.trustedUriMismatch } }]);
  });

  test('a call that comes is decoded, and its answers go encoded, in the form that it came in', async () => {
    // The form in which this side would call.
    const other = form === 'ppt' ? 'autobahn' : 'ppt';
    const coding = new PayloadCoding({ codec: new ToyCodec(), form: other });
    const { invoke, peer } = await offered(
      ([a], kwargs, { payloadScheme, progress }) => {
        progress?.(['half']);
        return new CallResult([a as Value, payloadScheme as Value], kwargs);
      },
      { coding, details: DETAILS },
    );
    invoke(sealed(form, 'com.p', [5], { k: 1 }), { ...attributes, receive_progress: true });
    const part = await peer.expect(MessageType.YIELD);
    expect(part.options).toEqual({ progress: true, ...attributes });
    expect(opened(form, part)).toEqual({ uri: 'com.p', args: ['half'], kwargs: {} });
    const last = await peer.expect(MessageType.YIELD);
    expect(last.options).toEqual(attributes);
    expect(opened(form, last)).toEqual({ uri: 'com.p', args: [5, 'x_toy'], kwargs: { k: 1 } });
  });

  test('what a generator yields is encoded too', async () => {
    const { invoke, peer } = await offered(async function* () {
      yield 1;
      return 2;
    }, withCodec());
    invoke(sealed(form, 'com.p', []), { ...attributes, receive_progress: true });
    for (const args of [[1], [2]]) {
      expect(opened(form, await peer.expect(MessageType.YIELD))).toMatchObject({ uri: 'com.p', args });
    }
  });

  test('an error that answers an encoded call is encoded under its own URI, and decoded so', async () => {
    const { invoke, peer } = await offered(() => {
      throw new ApplicationError('com.error', ['secret'], { kwargs: { k: 1 } });
    }, withCodec());
    invoke(sealed(form, 'com.p', []), attributes);
    const error = await peer.expect(MessageType.ERROR);
    expect([error.error, error.details]).toEqual(['com.error', attributes]);
    expect(opened(form, error)).toEqual({ uri: 'com.error', args: ['secret'], kwargs: { k: 1 } });

    const caller = await joined(withCodec());
    const calling = caller.session.call('com.p');
    const { request } = await caller.peer.expect(MessageType.CALL);
    const details = {
      ...attributes,
      callee: 7,
      callee_authid: 'joe',
      callee_authrole: 'r',
      forward_for: [{ session: 8 }],
    };
    caller.peer.say(errorMessage(MessageType.CALL, request, 'com.error', error.payload, details));
    expect(await failure(calling)).toMatchObject({
      error: 'com.error',
      args: ['secret'],
      kwargs: { k: 1 },
      details: {
        callee: 7,
        calleeAuthid: 'joe',
        calleeAuthrole: 'r',
        forwardFor: [{ session: 8 }],
        payloadScheme: 'x_toy',
      },
    });
  });

  test('a call that came in the clear is answered in the clear, with an error too', async () => {
    const { invoke, peer } = await offered(([fail]) => {
      if (fail === true) throw new ApplicationError('com.error', ['open']);
      return 'open';
    }, withCodec());
    invoke(raw([false]));
    expect(await peer.expect(MessageType.YIELD)).toMatchObject({ options: {}, payload: { args: ['open'] } });
    invoke(raw([true]));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({ details: {}, payload: { args: ['open'] } });
  });

  describe('what cannot be had', () => {
    const wrong: [string, ToyCodec | undefined, Payload, string][] = [
      ['no codec', undefined, sealed(form, 'com.x', ['secret']), ERROR_URIS.noPayloadCodec],
      ['another codec’s', new ToyCodec(), payloadOf(form, Uint8Array.of(1, 2)), ERROR_URIS.decryptError],
      ['another key', new ToyCodec(1), sealed(form, 'com.x', ['secret']), ERROR_URIS.decryptError],
      ['another URI', new ToyCodec(), sealed(form, 'com.other', ['secret']), ERROR_URIS.trustedUriMismatch],
    ];
    if (form === 'ppt') {
      const [bytes] = (sealed('ppt', 'com.p', []) as PlainPayload).args as [Uint8Array];
      wrong.push(['two arguments', new ToyCodec(), { args: [bytes, 1], kwargs: {} }, ERROR_URIS.decryptError]);
      wrong.push(['keyword arguments', new ToyCodec(), { args: [bytes], kwargs: { a: 1 } }, ERROR_URIS.decryptError]);
      wrong.push(['no binary', new ToyCodec(), raw(['plain']), ERROR_URIS.decryptError]);
      wrong.push(['nothing', new ToyCodec(), raw([]), ERROR_URIS.decryptError]);
    }

    test.each(wrong)(
      '%s: a call is answered with ERROR, and the procedure does not run',
      async (_, codec, payload, uri) => {
        let ran = false;
        const { invoke, peer, reported } = await offered(() => {
          ran = true;
        }, withCodec(codec));
        invoke(payload, attributes);
        const error = await peer.expect(MessageType.ERROR);
        expect([error.error, error.details, ran]).toEqual([uri, {}, false]);
        expect(JSON.stringify(decoded(error.payload))).not.toContain('secret');
        expect(reported).toMatchObject([{ error: { error: uri } }]);
      },
    );

    test.each(wrong)('%s: a result rejects the call, which has been executed', async (_, codec, payload, uri) => {
      const coding = new PayloadCoding({ codec: new ToyCodec(), form });
      const { session, peer } = await joined({ coding, details: DETAILS });
      const calling = session.call('com.p');
      const { request } = await peer.expect(MessageType.CALL);
      session.setPayloadCodec(codec);
      peer.say(resultMessage(request, attributes, payload));
      expect(await failure(calling)).toMatchObject({ error: uri, executed: 'yes' });
      expect(session.details).toBeDefined();
    });

    test.each(wrong)('%s: a progressive result ends the call, and cancels it', async (_, codec, payload, uri) => {
      const { session, peer } = await joined({ coding: new PayloadCoding({ form }), details: DETAILS });
      const seen: unknown[] = [];
      const calling = session.call('com.p', [], { onProgress: (part) => seen.push(part) });
      const { request } = await peer.expect(MessageType.CALL);
      session.setPayloadCodec(codec);
      peer.say(resultMessage(request, { ...attributes, progress: true }, payload));
      expect(await failure(calling)).toMatchObject({ error: uri });
      expect(seen).toEqual([]);
      expect(await peer.expect(MessageType.CANCEL)).toMatchObject({ request });
    });

    test.each(wrong)('%s: an error rejects the call with what is wrong', async (_, codec, payload, uri) => {
      const { session, peer } = await joined({ coding: new PayloadCoding({ form }), details: DETAILS });
      const calling = session.call('com.p');
      const { request } = await peer.expect(MessageType.CALL);
      session.setPayloadCodec(codec);
      peer.say(errorMessage(MessageType.CALL, request, 'com.error', payload, attributes));
      expect(await failure(calling)).toMatchObject({ error: uri, executed: 'yes' });
    });

    test.each(wrong)('%s: an event is reported once, and no handler gets it', async (_, codec, payload, uri) => {
      const { session, peer, reported } = await joined(withCodec(codec));
      const seen: unknown[] = [];
      const subscribing = session.subscribe('com.t', () => seen.push(1));
      peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
      await subscribing;
      await session.subscribe('com.t', () => seen.push(2));
      peer.say(eventMessage(300, 1, attributes, payload));
      await settle();
      expect(seen).toEqual([]);
      expect(reported).toMatchObject([{ error: { error: uri }, what: 'reading an event of com.t' }]);
      expect(session.details).toBeDefined();
    });
  });

  describe('never in the clear instead', () => {
    const broken: [string, Partial<PayloadCodec>][] = [
      [
        'throws',
        {
          encode: () => {
            throw new Error('secret');
          },
        },
      ],
      ['gives a promise', { encode: (() => Promise.reject(new Error('late'))) as never }],
      ['gives no scheme', { encode: () => ({ payload: new Uint8Array() }) as never }],
      ['gives no bytes', { encode: () => ({ scheme: 'x_toy', payload: 'text' }) as never }],
    ];
    const codecOf = (part: Partial<PayloadCodec>) => Object.assign(new ToyCodec(), part);

    test.each(broken)('a codec that %s: the request rejects, and nothing is sent', async (_, part) => {
      const { session, peer } = await joined(withCodec(codecOf(part)));
      expect(await failure(session.call('com.p', ['secret']))).toBeInstanceOf(SerializationError);
      expect(() => session.publish('com.t', ['secret'])).toThrow(SerializationError);
      expect(peer.heard).toEqual([]);
      session.setPayloadCodec(undefined);
      void session.call('com.p').catch(() => {});
      expect(await peer.expect(MessageType.CALL)).toMatchObject({ request: 1, options: {} });
    });

    test.each(broken)(
      'a codec that %s: an encoded call is answered with ERROR, without the result',
      async (_, part) => {
        const { invoke, peer, reported } = await offered(() => 'secret', withCodec(codecOf(part)));
        invoke(sealed(form, 'com.p', []), attributes);
        const error = await peer.expect(MessageType.ERROR);
        expect(error.error).toBe(ERROR_URIS.invalidPayload);
        expect(JSON.stringify(decoded(error.payload))).not.toContain('secret');
        expect(reported).toHaveLength(1);
      },
    );

    test('the codec went away, or leaves the URI alone: the result of an encoded call is not sent', async () => {
      for (const away of [true, false]) {
        const codec = new ToyCodec();
        const one = await offered(() => {
          if (away) one.session.setPayloadCodec(undefined);
          else codec.plain.add('com.p');
          return 'secret';
        }, withCodec(codec));
        one.invoke(sealed(form, 'com.p', []), attributes);
        const error = await one.peer.expect(MessageType.ERROR);
        expect(error.error).toBe(ERROR_URIS.invalidPayload);
        expect(decoded(error.payload).args).toEqual([
          'the answer cannot be sent: the call came encoded, and no codec encodes its answer',
        ]);
      }
    });

    test('an error that the codec leaves alone goes without its arguments, and that is reported', async () => {
      const codec = new ToyCodec();
      codec.plain.add('com.error');
      const { invoke, peer, reported } = await offered(() => {
        throw new ApplicationError('com.error', ['secret']);
      }, withCodec(codec));
      invoke(sealed(form, 'com.p', []), attributes);
      expect(await peer.expect(MessageType.ERROR)).toMatchObject({
        error: 'com.error',
        details: {},
        payload: undefined,
      });
      expect(reported).toMatchObject([{ error: { code: 'WAMP_SERIALIZATION' } }]);
    });
  });

  test('what a codec leaves alone goes in the clear', async () => {
    const codec = new ToyCodec();
    codec.plain.add('com.t').add('com.p');
    const { session, peer } = await joined(withCodec(codec));
    session.publish('com.t', [1]);
    expect(await peer.expect(MessageType.PUBLISH)).toMatchObject({ options: {}, payload: { args: [1], kwargs: {} } });
    void session.call('com.p', [2]).catch(() => {});
    expect(await peer.expect(MessageType.CALL)).toMatchObject({ options: {}, payload: { args: [2], kwargs: {} } });
  });

  test('what has to be encoded is refused where it is not; an error is not asked about', async () => {
    const codec = new ToyCodec();
    codec.required = true;
    const one = await offered(() => 'ran', withCodec(codec));
    one.invoke(raw(['stripped']));
    expect(await one.peer.expect(MessageType.ERROR)).toMatchObject({ error: ERROR_URIS.decryptError });
    for (const answer of [resultMessage(1, {}, raw(['forged'])), resultMessage(2, {})]) {
      const calling = one.session.call('com.p');
      const { request } = await one.peer.expect(MessageType.CALL);
      one.peer.say({ ...answer, request });
      expect(await failure(calling)).toMatchObject({ error: ERROR_URIS.decryptError });
    }
    const calling = one.session.call('com.p');
    const { request } = await one.peer.expect(MessageType.CALL);
    one.peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.noSuchProcedure, raw(['nobody'])));
    expect(await failure(calling)).toMatchObject({ error: ERROR_URIS.noSuchProcedure, args: ['nobody'] });
    const seen: unknown[] = [];
    const subscribing = one.session.subscribe('com.t', () => seen.push(1));
    one.peer.say(subscribedMessage((await one.peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await subscribing;
    one.peer.say(eventMessage(300, 1, {}, raw([1])));
    await settle();
    expect(seen).toEqual([]);
  });

  test('a router that did not announce the form gets nothing encoded', async () => {
    const { session, peer } = await joined({ coding: new PayloadCoding({ codec: new ToyCodec(), form }) });
    const refused = { error: ERROR_URIS.featureNotSupported, executed: 'no' };
    expect(await failure(session.call('com.p'))).toMatchObject(refused);
    expect(await failure(session.publish('com.t', [], { acknowledge: true }))).toMatchObject(refused);
    expect(peer.heard).toEqual([]);
  });

  test('lists of arguments are encoded one by one, and the empty one that ends them is none', async () => {
    const { session, peer } = await joined(withCodec());
    const calling = session.call(
      'com.p',
      (async function* () {
        yield [1];
        yield [2];
      })(),
    );
    const calls = [];
    for (const args of [[1], [2], []]) {
      const call = await peer.expect(MessageType.CALL);
      expect(opened(form, call)).toEqual({ uri: 'com.p', args, kwargs: {} });
      calls.push(call);
    }
    expect(calls.map(({ options }) => options.progress)).toEqual([true, true, undefined]);
    peer.say(resultMessage(1, {}));
    await calling;

    const seen: Value[][] = [];
    const callee = await joined(withCodec());
    const registering = callee.session.register(
      'com.p',
      async (lists) => {
        for await (const list of lists) seen.push(list);
      },
      { progressive: true },
    );
    const { request } = await callee.peer.expect(MessageType.REGISTER);
    callee.peer.say({ type: MessageType.REGISTERED, request, registration: 200 });
    await registering;
    for (const { options, payload } of calls) {
      callee.peer.say({ type: MessageType.INVOCATION, request: 1, registration: 200, details: options, payload });
    }
    await callee.peer.expect(MessageType.YIELD);
    expect(seen).toEqual([[1], [2]]);
  });
});

test('Autobahn’s form has no place for a cipher, and not for every scheme', async () => {
  const codec = new ToyCodec();
  const { session } = await joined({ coding: new PayloadCoding({ codec, form: 'autobahn' }), details: DETAILS });
  codec.scheme = 'wamp';
  expect(await failure(session.call('com.p'))).toMatchObject({ code: 'WAMP_SERIALIZATION' });
  codec.scheme = 'x_toy';
  session.setPayloadCodec({
    encode: () => ({ scheme: 'cryptobox', cipher: 'aes256gcm', payload: new Uint8Array(1) }),
    decode: codec.decode,
  });
  expect((await failure(session.call('com.p'))).message).toContain('cipher');
});

test('a codec can be set, read and taken away; what is none is refused', async () => {
  const { session, peer } = await joined({ details: DETAILS });
  expect(session.getPayloadCodec()).toBeUndefined();
  const codec = new ToyCodec();
  session.setPayloadCodec(codec);
  expect(session.getPayloadCodec()).toBe(codec);
  for (const wrong of [null, 'aes', {}, { encode: codec.encode }, { encode: codec.encode, decode: 1 }]) {
    expect(() => session.setPayloadCodec(wrong as never)).toThrow(InvalidConfiguration);
  }
  expect(session.getPayloadCodec()).toBe(codec);
  session.setPayloadCodec(undefined);
  session.publish('com.t', [1]);
  expect((await peer.expect(MessageType.PUBLISH)).options).toEqual({});
});

test('an undecodable error that a procedure lets pass does not say that its own call failed so', async () => {
  const one = await offered(() => one.session.call('com.inner'), { details: DETAILS });
  one.invoke();
  const { request } = await one.peer.expect(MessageType.CALL);
  one.peer.say(resultMessage(request, ATTRIBUTES.ppt, sealed('ppt', 'com.inner', [1])));
  expect(await one.peer.expect(MessageType.ERROR)).toMatchObject({
    error: ERROR_URIS.runtimeError,
    payload: { kwargs: { nested: ERROR_URIS.noPayloadCodec } },
  });
});

test('a codec that throws when it is asked what has to be encoded fails the message, and not the session', async () => {
  const codec = Object.assign(new ToyCodec(), {
    requires: () => {
      throw new Error('broken');
    },
  });
  const { session, peer } = await joined({ coding: new PayloadCoding({ codec }), details: DETAILS });
  const calling = session.call('com.p');
  peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, {}));
  expect(await failure(calling)).toMatchObject({ error: ERROR_URIS.decryptError });
  expect(session.details).toBeDefined();
});

test('a client’s codec is checked when the client is built, and its session has it before any join', async () => {
  const codec = new ToyCodec();
  const options = { connectors: [{ address: 'x', connect: () => new Promise<never>(() => {}) }], realm: 'realm1' };
  const rest = { clock: new FakeClock(), random: () => new Uint8Array() };
  expect(() => new Client({ ...options, ...rest, codec: {} as never })).toThrow(/^codec: /);
  expect(() => new Client({ ...options, ...rest, payloadForm: 'enc' as never })).toThrow(/^payloadForm: /);
  const client = new Client({ ...options, ...rest, codec, payloadForm: 'autobahn' });
  expect(client.session.getPayloadCodec()).toBe(codec);
  client.session.setPayloadCodec(undefined);
  expect(client.session.getPayloadCodec()).toBeUndefined();
  expect(await outcome(client.close())).toEqual({ value: undefined });
});
