// Longer than 300 lines: one router, and what it can and cannot do to sessions that encrypt, one situation after the other.
// Real clients, a real router, real sockets: only the wire of some is evil.
import { CallResult, Client, type Session } from '@wamp-run/client';
import { cryptoboxCodec, ENCRYPTIONS, type Encryption, Key, KeyRing, passthruCodec } from '@wamp-run/e2ee';
import {
  ApplicationError,
  type Message,
  MessageType,
  type PayloadCodec,
  type PayloadForm,
  type Serializer,
  type Value,
} from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { cborValues } from '@wamp-run/serializers/cbor';
import { jsonValues } from '@wamp-run/serializers/json';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, encodedBytes, evilWire, withBytes } from './evil-wire.js';
import { clock, random, SERIALIZERS } from './local.js';

const WIRES = ['json', 'cbor', 'msgpack'] as const;
type Wire = (typeof WIRES)[number];

/** Every byte that the router read or wrote. */
const carried: Uint8Array[] = [];

/** A serializer whose every frame is written down. */
function recording(inner: Serializer): Serializer {
  const kept = (frame: Uint8Array) => {
    carried.push(new Uint8Array(frame));
    return frame;
  };
  return {
    name: inner.name,
    subprotocol: inner.subprotocol,
    binary: inner.binary,
    encode: (message) => kept(inner.encode(message)),
    decode: (bytes) => inner.decode(kept(bytes)),
    decodePayload: (raw, elements) => inner.decodePayload(raw, elements),
  };
}

function carriedText(): string {
  return carried.map((frame) => Buffer.from(frame).toString('latin1')).join('\n');
}

let router: Router;
let url: string;
const clients: Client[] = [];

beforeAll(async () => {
  router = new Router({ realms: ['realm1'], clock, random });
  const serializers = WIRES.map((wire) => recording(SERIALIZERS[wire]()));
  ({ url } = await router.listen(websocketListener({ port: 0, serializers, clock })));
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await router.close();
});

function coding(encryption: Encryption, ring: KeyRing): { codec: PayloadCodec; payloadForm: PayloadForm } {
  return encryption === 'cryptobox'
    ? { codec: cryptoboxCodec({ ring, random, serializer: jsonValues() }), payloadForm: 'autobahn' }
    : { codec: passthruCodec({ ring, random, serializer: cborValues(), cipher: encryption }), payloadForm: 'ppt' };
}

interface JoinOptions {
  readonly ring?: KeyRing;
  readonly encryption?: Encryption;
  readonly wire?: Wire;
  readonly sent?: Change;
  readonly received?: Change;
  readonly onUserError?: (error: unknown, what: string) => void;
}

async function join(options: JoinOptions = {}): Promise<Session> {
  const { ring, encryption = 'xsalsa20poly1305', wire = 'cbor', onUserError } = options;
  const client = new Client({
    connectors: [evilWire(websocket(url, { serializers: [SERIALIZERS[wire]()], clock }), options)],
    realm: 'realm1',
    retry: false,
    clock,
    random,
    hooks: onUserError === undefined ? {} : { onUserError },
    ...(ring === undefined ? {} : coding(encryption, ring)),
  });
  clients.push(client);
  return client.joined();
}

function ringOf(key: Key, more: { uri?: string; policy?: 'optional'; accepts?: Key[] } = {}): KeyRing {
  const ring = new KeyRing();
  ring.set({ uri: 'com', key, ...more });
  return ring;
}

let last = 0;
/** A URI that no other test has. */
const fresh = (name: string): string => `com.${name}${++last}`;
const decryptError = { error: 'wamp.error.encryption.decrypt_error' };
const mismatch = { error: 'wamp.error.encryption.trusted_uri_mismatch' };

describe.each(ENCRYPTIONS)('%s', (encryption) => {
  describe.each(WIRES)('over %s', (wire) => {
    test('calls, progressive results, errors and events arrive, and the router never holds what was in them', async () => {
      const key = Key.generate(random);
      const other = WIRES[(WIRES.indexOf(wire) + 1) % WIRES.length] as Wire;
      const open = async (encrypted: boolean) => {
        carried.length = 0;
        const ring = encrypted ? { ring: ringOf(key), encryption } : {};
        const [caller, callee] = await Promise.all([join({ ...ring, wire }), join({ ...ring, wire: other })]);
        const uri = fresh('open');
        await callee.register(uri, async function* ([word, fail], kwargs) {
          if (fail === true)
            throw new ApplicationError('com.error.no', [`failed ${word}`], { kwargs: { why: 'whynot' } });
          yield `part ${word}`;
          return new CallResult([`whole ${word}`, new Uint8Array([1, 2]), 2n ** 62n], kwargs);
        });
        const parts: unknown[] = [];
        const onProgress = ({ results }: CallResult) => parts.push(...results);
        const result = await caller.call<CallResult>(uri, ['swordfish'], { kwargs: { hint: 'herring' }, onProgress });
        expect(result).toMatchObject({
          results: ['whole swordfish', new Uint8Array([1, 2]), 2n ** 62n],
          kwresults: { hint: 'herring' },
        });
        expect(parts).toEqual(['part swordfish']);
        await expect(caller.call(uri, ['swordfish', true])).rejects.toMatchObject({
          error: 'com.error.no',
          args: ['failed swordfish'],
          kwargs: { why: 'whynot' },
        });
        const event = new Promise<Value[]>((resolve) => {
          void callee.subscribe(uri, (args) => resolve(args)).then(() => caller.publish(uri, ['swordfish', 'haddock']));
        });
        expect(await event).toEqual(['swordfish', 'haddock']);
        return carriedText();
      };
      const encrypted = await open(true);
      expect(encrypted.length).toBeGreaterThan(1_000);
      expect(encrypted).not.toMatch(/swordfish|herring|whole|part|failed|whynot|haddock/);
      // It would be seen, were it there.
      const clear = await open(false);
      for (const word of ['swordfish', 'herring', 'whole', 'part', 'failed', 'whynot', 'haddock'])
        expect(clear).toContain(word);
    });
  });

  test('another key: the procedure does not run, the event is not heard, and both are told', async () => {
    const reports: string[] = [];
    let report: (error: unknown) => void = () => {};
    const reported = new Promise<unknown>((resolve) => {
      report = resolve;
    });
    const callee = await join({
      ring: ringOf(Key.generate(random)),
      encryption,
      onUserError: (error, what) => {
        reports.push(what);
        report(error);
      },
    });
    const ran: unknown[] = [];
    const uri = fresh('key');
    await callee.register(uri, (args) => ran.push(args));
    await callee.subscribe(uri, (args) => ran.push(args));
    const caller = await join({ ring: ringOf(Key.generate(random)), encryption });
    await expect(caller.call(uri, ['x'])).rejects.toMatchObject(decryptError);
    caller.publish(uri, ['x']);
    expect(await reported).toMatchObject(decryptError);
    expect([reports.length, ran]).toEqual([1, []]);
  });

  test('a key that is rotated: both work for a while, then only the new one', async () => {
    const [one, two] = [Key.generate(random), Key.generate(random)];
    const ring = ringOf(one, { accepts: [two] });
    const callee = await join({ ring, encryption });
    const uri = fresh('rotated');
    await callee.register(uri, ([word]) => `got ${word}`);
    const before = await join({ ring: ringOf(one, { accepts: [two] }), encryption });
    const after = await join({ ring: ringOf(two, { accepts: [one] }), encryption });
    expect(await Promise.all([before.call(uri, ['a']), after.call(uri, ['b'])])).toEqual(['got a', 'got b']);
    ring.rotate('com', two);
    expect(await Promise.all([before.call(uri, ['a']), after.call(uri, ['b'])])).toEqual(['got a', 'got b']);
    ring.rotate('com', two, { keepLast: 0 });
    await expect(before.call(uri, ['a'])).rejects.toMatchObject(decryptError);
    expect(await after.call(uri, ['b'])).toBe('got b');
  });

  test('whatever bit of a call or a result is turned over on the way, it is noticed', async () => {
    const key = Key.generate(random);
    let bit = 0;
    let turned = false;
    const turn =
      (type: number): Change =>
      (message) => {
        const bytes = message.type === type && !turned ? encodedBytes(message) : undefined;
        if (bytes === undefined) return message;
        const changed = new Uint8Array(bytes);
        const at = bit % (8 * bytes.length);
        changed[at >> 3] = (changed[at >> 3] as number) ^ (1 << (at & 7));
        turned = true;
        return withBytes(message, changed);
      };
    let ran = 0;
    const callee = await join({ ring: ringOf(key), encryption });
    const uri = fresh('bits');
    await callee.register(uri, (args) => {
      ran++;
      return args[0];
    });
    const calls = await join({ ring: ringOf(key), encryption, sent: turn(MessageType.CALL) });
    const results = await join({ ring: ringOf(key), encryption, received: turn(MessageType.RESULT) });
    await fc.assert(
      fc.asyncProperty(fc.nat(4_000), fc.boolean(), async (which, outgoing) => {
        [bit, turned, ran] = [which, false, 0];
        const caller = outgoing ? calls : results;
        await expect(caller.call(uri, ['value'])).rejects.toMatchObject(decryptError);
        expect([turned, ran]).toEqual([true, outgoing ? 0 : 1]);
        // The session goes on.
        expect(await caller.call(uri, ['value'])).toBe('value');
      }),
      { numRuns: 60, seed: Number(process.env.SEED ?? 5) },
    );
  });

  test('a progressive result, an error and an event that were changed are refused, too', async () => {
    const key = Key.generate(random);
    const change =
      (type: number): Change =>
      (message) => {
        const bytes = message.type === type ? encodedBytes(message) : undefined;
        return bytes === undefined
          ? message
          : withBytes(
              message,
              bytes.map((byte, at) => (at === 30 ? byte ^ 1 : byte)),
            );
      };
    const uri = fresh('changed');
    const callee = await join({ ring: ringOf(key), encryption });
    await callee.register(uri, async function* ([fail]) {
      if (fail === true) throw new ApplicationError('com.error.no', ['why']);
      yield 'part';
      return 'whole';
    });
    const parts: unknown[] = [];
    const onProgress = ({ results }: CallResult) => parts.push(results);
    const results = await join({ ring: ringOf(key), encryption, received: change(MessageType.RESULT) });
    await expect(results.call(uri, [false], { onProgress })).rejects.toMatchObject(decryptError);
    const errors = await join({ ring: ringOf(key), encryption, received: change(MessageType.ERROR) });
    await expect(errors.call(uri, [true])).rejects.toMatchObject(decryptError);
    expect(await errors.call(uri, [false], { onProgress })).toBe('whole');
    expect(parts).toEqual([['part']]);

    let report: (error: unknown) => void = () => {};
    const reported = new Promise<unknown>((resolve) => {
      report = resolve;
    });
    const received = change(MessageType.EVENT);
    const subscriber = await join({ ring: ringOf(key), encryption, received, onUserError: report });
    const heard: unknown[] = [];
    await subscriber.subscribe(uri, (args) => heard.push(args));
    callee.publish(uri, ['news']);
    expect(await reported).toMatchObject(decryptError);
    expect(heard).toEqual([]);
  });

  test('a payload that was made for another URI is refused: of a call, of a result, of an event', async () => {
    const key = Key.generate(random);
    const kept = new Map<number, Uint8Array>();
    /** Puts the first payload of a kind into all that follow. */
    const replay =
      (...types: number[]): Change =>
      (message) => {
        const bytes = types.includes(message.type) ? encodedBytes(message) : undefined;
        if (bytes === undefined) return message;
        const first = kept.get(message.type);
        if (first === undefined) kept.set(message.type, new Uint8Array(bytes));
        return first === undefined ? message : withBytes(message, first);
      };
    const [buy, sell] = [fresh('buy'), fresh('sell')];
    let reported: (error: unknown) => void = () => {};
    const report = new Promise<unknown>((resolve) => {
      reported = resolve;
    });
    const callee = await join({ ring: ringOf(key), encryption, onUserError: reported });
    const ran: string[] = [];
    for (const uri of [buy, sell]) await callee.register(uri, ([word]) => ran.push(`${uri} ${word}`));
    const caller = await join({ ring: ringOf(key), encryption, sent: replay(MessageType.CALL, MessageType.PUBLISH) });
    expect(await caller.call(buy, ['a'])).toBe(1);
    await expect(caller.call(sell, ['b'])).rejects.toMatchObject(mismatch);
    expect(ran).toEqual([`${buy} a`]);

    kept.clear();
    const answered = await join({ ring: ringOf(key), encryption, received: replay(MessageType.RESULT) });
    expect(await answered.call(buy, ['a'])).toBe(2);
    await expect(answered.call(sell, ['b'])).rejects.toMatchObject({ ...mismatch, executed: 'yes' });

    kept.clear();
    const events: Value[] = [];
    let first: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      first = resolve;
    });
    await callee.subscribe(buy, (args) => {
      events.push(...args);
      first();
    });
    await callee.subscribe(sell, (args) => events.push(...args));
    caller.publish(buy, ['one']);
    await arrived;
    caller.publish(sell, ['two']);
    expect(await report).toMatchObject(mismatch);
    expect(events).toEqual(['one']);
  });

  test('nothing is stripped: a result and an event in the clear are refused where there is a key', async () => {
    const key = Key.generate(random);
    /** What a router would say that wants to be believed without having the key. */
    const strip: Change = (message) => {
      if (message.type === MessageType.RESULT)
        return { ...message, details: {}, payload: { args: ['forged'], kwargs: {} } };
      if (message.type === MessageType.INVOCATION || message.type === MessageType.EVENT)
        return { ...message, details: {}, payload: { args: ['forged'], kwargs: {} } };
      return message;
    };
    const uri = fresh('strip');
    const callee = await join({ ring: ringOf(key), encryption });
    await callee.register(uri, () => 'true');
    const caller = await join({ ring: ringOf(key), encryption, received: strip });
    await expect(caller.call(uri)).rejects.toMatchObject({ ...decryptError, executed: 'yes' });

    let reported: (error: unknown) => void = () => {};
    const report = new Promise<unknown>((resolve) => {
      reported = resolve;
    });
    const ran: unknown[] = [];
    const victim = await join({ ring: ringOf(key), encryption, received: strip, onUserError: reported });
    const own = fresh('strip');
    await victim.register(own, (args) => ran.push(args));
    await victim.subscribe(own, (args) => ran.push(args));
    const honest = await join({ ring: ringOf(key), encryption });
    await expect(honest.call(own, ['x'])).rejects.toMatchObject(decryptError);
    honest.publish(own, ['x']);
    expect(await report).toMatchObject(decryptError);
    expect(ran).toEqual([]);
    // A ring that says so believes it.
    const trusting = await join({ ring: ringOf(key, { policy: 'optional' }), encryption, received: strip });
    expect(await trusting.call(uri)).toBe('forged');
  });

  test('who has a key and who has none: refused, unless the key is optional', async () => {
    const key = Key.generate(random);
    const [strict, lenient, plain] = await Promise.all([
      join({ ring: ringOf(key), encryption }),
      join({ ring: ringOf(key, { policy: 'optional' }), encryption }),
      join(),
    ]);
    const [ofStrict, ofLenient, ofPlain] = [fresh('strict'), fresh('lenient'), fresh('plain')];
    await strict.register(ofStrict, () => 'strict');
    await lenient.register(ofLenient, (_, __, { payloadScheme }) => payloadScheme ?? 'clear');
    await plain.register(ofPlain, () => 'plain');
    await expect(plain.call(ofStrict)).rejects.toMatchObject(decryptError);
    expect(await plain.call(ofLenient)).toBe('clear');
    expect(await strict.call(ofLenient)).toBe(encryption === 'cryptobox' ? 'cryptobox' : 'wamp');
    for (const session of [strict, lenient]) {
      await expect(session.call(ofPlain)).rejects.toMatchObject({
        error: expect.stringMatching(/no_payload_codec|feature_not_supported/),
      });
    }
    // Where there is no key, nothing is different.
    await plain.register(`org.free.${ofPlain}`, () => 'free');
    expect(await strict.call(`org.free.${ofPlain}`)).toBe('free');
  });

  test('a key is brought in without a gap: accepted, then used, then required', async () => {
    const key = Key.generate(random);
    const [calling, answering] = [new KeyRing(), new KeyRing()];
    const [caller, callee] = await Promise.all([
      join({ ring: calling, encryption }),
      join({ ring: answering, encryption }),
    ]);
    const uri = fresh('gapless');
    await callee.register(uri, (_, __, { payloadScheme }) => (payloadScheme === undefined ? 'clear' : 'encrypted'));
    const steps = [
      { uri: 'com', accepts: [key], policy: 'optional' },
      { uri: 'com', key, policy: 'optional' },
      { uri: 'com', key },
    ] as const;
    const seen: unknown[] = [await caller.call(uri)];
    for (const step of steps) {
      // Who is to encrypt has it first, when it comes to that: the other one is ready, and answers with what it accepts.
      for (const ring of step === steps[0] ? [answering, calling] : [calling, answering]) {
        ring.set(step);
        seen.push(await caller.call(uri));
      }
    }
    expect(seen).toEqual(['clear', 'clear', 'clear', 'encrypted', 'encrypted', 'encrypted', 'encrypted']);
  });

  test('an error goes by the key of its own URI, and without its arguments where there is none', async () => {
    const key = Key.generate(random);
    const callee = await join({ ring: ringOf(key), encryption, onUserError: () => {} });
    const caller = await join({ ring: ringOf(key), encryption });
    const uri = fresh('errors');
    await callee.register(uri, ([error]) => {
      throw new ApplicationError(error as string, ['the reason']);
    });
    const outcome = (error: string) => caller.call(uri, [error]).catch(({ error, args }) => [error, args]);
    expect(await outcome('com.error.known')).toEqual(['com.error.known', ['the reason']]);
    expect(await outcome('org.error.unknown')).toEqual(['org.error.unknown', []]);
  });
});

test('the default key leaves the router’s own procedures alone, and keeps what failed to the two', async () => {
  const key = Key.generate(random);
  carried.length = 0;
  const [caller, callee] = await Promise.all([
    join({ ring: ringOf(key, { uri: '' }), wire: 'json' }),
    join({ ring: ringOf(key, { uri: '' }), wire: 'json' }),
  ]);
  await callee.register('org.fails', () => {
    throw new ApplicationError('wamp.error.invalid_argument', ['swordfish']);
  });
  await expect(caller.call('org.fails')).rejects.toMatchObject({
    error: 'wamp.error.invalid_argument',
    args: ['swordfish'],
  });
  expect(carriedText()).not.toContain('swordfish');
  // In the clear: the router says that it has no such procedure, and not that it cannot read the arguments.
  await expect(caller.call('wamp.nonsense', ['legible'])).rejects.toMatchObject({
    error: 'wamp.error.no_such_procedure',
  });
  expect(carriedText()).toContain('legible');
});

describe('what a caller sent, sent back as the result', () => {
  const echo = (): { sent: Change; received: Change } => {
    let call: Message | undefined;
    return {
      sent: (message) => {
        if (message.type === MessageType.CALL) call = message;
        return message;
      },
      received: (message) =>
        message.type === MessageType.RESULT && call !== undefined
          ? withBytes(message, encodedBytes(call) as Uint8Array)
          : message,
    };
  };

  test.each(['xsalsa20poly1305', 'aes256gcm'] as const)('is refused: %s', async (encryption) => {
    const ring = ringOf(Key.generate(random));
    const [caller, callee] = [await join({ ring, encryption, ...echo() }), await join({ ring, encryption })];
    const uri = fresh('echo');
    await callee.register(uri, () => 'the answer');
    await expect(caller.call(uri, ['the question'])).rejects.toMatchObject(decryptError);
  });

  test('and believed with cryptobox, whose form tells nothing of it', async () => {
    const ring = ringOf(Key.generate(random));
    const encryption = 'cryptobox';
    const [caller, callee] = [await join({ ring, encryption, ...echo() }), await join({ ring, encryption })];
    const uri = fresh('echo');
    await callee.register(uri, () => 'the answer');
    expect(await caller.call(uri, ['the question'])).toBe('the question');
  });
});

test('pairs: who has only the caller’s half cannot answer', async () => {
  const [callers, callees] = [Key.generatePair(random), Key.generatePair(random)];
  const calls = new Key({ originatorPrivate: callers.privateKey, responderPublic: callees.publicKey });
  const answers = new Key({ responderPrivate: callees.privateKey, originatorPublic: callers.publicKey });
  const [caller, callee] = await Promise.all([join({ ring: ringOf(calls) }), join({ ring: ringOf(answers) })]);
  const [uri, other] = [fresh('pairs'), fresh('pairs')];
  await callee.register(uri, ([word]) => `got ${word}`);
  expect(await caller.call(uri, ['x'])).toBe('got x');
  await caller.register(other, () => 'never');
  const both = await join({ ring: ringOf(calls) });
  await expect(both.call(other)).rejects.toMatchObject(decryptError);
  await expect(callee.call(uri, ['x'])).rejects.toMatchObject({ code: 'WAMP_SERIALIZATION' });
});

describe('the payload that Autobahn|Python made', () => {
  const payload = Buffer.from(
    '000102030405060708090a0b0c0d0e0f1011121314151617d8df579f65a990160362ff3f8c58106918f0ca42155a728d221cdbdf49d396e67d98' +
      'f00f2ecab18f51bb49cda58fbafeafa41a87de1449054d4027333603fc3d4f9064e4a1d833859fe7274216237cbfc550b13d4c65afc1e881cd',
    'hex',
  );
  const originatorPrivate = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
  const responderPrivate = 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=';
  const counted = (n: number) => Uint8Array.from({ length: n }, (_, index) => index);

  test('is what goes over the wire for the same arguments, and is understood', async () => {
    const ring = ringOf(new Key({ originatorPrivate, responderPrivate }));
    const codec = cryptoboxCodec({ ring, random: counted, serializer: jsonValues() });
    let call: Message | undefined;
    const caller = await join({
      wire: 'json',
      ring: new KeyRing(),
      encryption: 'cryptobox',
      sent: (message) => {
        if (message.type === MessageType.CALL) call = message;
        return message;
      },
    });
    caller.setPayloadCodec(codec);
    const callee = await join({ ring, encryption: 'cryptobox', wire: 'msgpack' });
    await callee.register('com.myapp.proc1', (args, kwargs) => new CallResult(args, kwargs));
    const result = await caller.call('com.myapp.proc1', [1, 'two', new Uint8Array([3])], {
      kwargs: { k: true },
      details: true,
    });
    expect([result.results, result.kwresults]).toEqual([[1, 'two', new Uint8Array([3])], { k: true }]);
    expect(call).toMatchObject({ options: { enc_algo: 'cryptobox', enc_serializer: 'json' } });
    expect(Buffer.from(encodedBytes(call as Message) as Uint8Array).toString('hex')).toBe(payload.toString('hex'));
    expect(carriedText()).toContain(
      '"\\u0000AAECAwQFBgcICQoLDA0ODxAREhMUFRYX2N9Xn2WpkBYDYv8/jFgQaRjwykIVWnKNIhzb30nTluZ9mPAPLsqxj1G7Sc2lj7r+' +
        'r6Qah94USQVNQCczNgP8PU+QZOSh2DOFn+cnQhYjfL/FULE9TGWvweiBzQ=="',
    );
  });
});
