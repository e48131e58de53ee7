import {
  ApplicationError,
  type Dict,
  declareErrorUri,
  ERROR_URIS,
  type ErrorMessage,
  errorMessage,
  InvalidConfiguration,
  InvalidUriError,
  MessageType,
  TypeCheckError,
  type Value,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test, vi } from 'vitest';
import { Client, type Session } from '../src/index.js';
import { offered } from './offered.js';
import { failure, joined, NO_JITTER, raw, ScriptedConnector, settle, welcome } from './scripted.js';

const URI = 'com.shop.error.out_of_stock';

/** With a form of its own on the wire. */
class OutOfStock extends Error {
  static fromWamp({ args: [item], kwargs: { left } }: ApplicationError) {
    return new OutOfStock(String(item), Number(left));
  }
  constructor(
    readonly item: string,
    readonly left: number,
  ) {
    super(`${item}: ${left} left`);
  }
  toWamp() {
    return { args: [this.item], kwargs: { left: this.left } };
  }
}

/** What its peer gets for what a procedure throws. */
async function sent(thrown: unknown, prepare: (session: Session) => void = () => {}) {
  const { session, invoke, peer, reported } = await offered(() => Promise.reject(thrown));
  prepare(session);
  invoke();
  const { error, payload } = await peer.expect(MessageType.ERROR);
  return { error, payload, reported };
}

/** What a call rejects with that is answered so. */
async function caught(uri: string, args: Value[], kwargs: Dict, prepare: (session: Session) => void) {
  const { session, peer, reported } = await joined();
  prepare(session);
  const call = session.call('com.x');
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(errorMessage(MessageType.CALL, request, uri, raw(args, kwargs)));
  return { error: await failure(call), reported };
}

describe('what a procedure throws of a defined class', () => {
  test('goes out under its URI, as its toWamp() says, and is no fault', async () => {
    const { error, payload, reported } = await sent(new OutOfStock('tea', 0), (s) => s.define(OutOfStock, URI));
    expect({ error, payload }).toEqual({ error: URI, payload: { args: ['tea'], kwargs: { left: 0 } } });
    expect(reported).toEqual([]);
  });

  test('without a toWamp() is its message, and nothing else of it', async () => {
    class Locked extends Error {
      secret = 'sesame';
    }
    const define = (session: Session) => session.define(Locked, 'com.e');
    expect(await sent(new Locked('by joe', { cause: 'sesame' }), define)).toMatchObject({
      error: 'com.e',
      payload: { args: ['by joe'], kwargs: {} },
    });
    expect(await sent(new Locked(), define)).toMatchObject({ error: 'com.e', payload: undefined });
  });

  test('of a subclass goes out as the nearest class that has a URI', async () => {
    class Base extends Error {}
    class Near extends Base {}
    class Nearer extends Near {}
    class Leaf extends Nearer {}
    const define = (session: Session) => {
      session.define(Base, 'com.base');
      session.define(Near, 'com.near');
    };
    expect(await sent(new Leaf('x'), define)).toMatchObject({ error: 'com.near' });
    expect(await sent(new Base('x'), define)).toMatchObject({ error: 'com.base' });
    declareErrorUri(Nearer, 'com.nearer');
    expect(await sent(new Leaf('x'), define)).toMatchObject({ error: 'com.nearer' });
    expect(await sent(new Near('x'), define)).toMatchObject({ error: 'com.near' });
    expect(await sent(new Error('x'), define)).toMatchObject({ error: ERROR_URIS.runtimeError });
  });

  test('that is an ApplicationError keeps the URI that it was made with', async () => {
    class ShopError extends ApplicationError {}
    const define = (session: Session) => session.define(ShopError, 'com.shop.error.<name>');
    const thrown = new ShopError('com.shop.error.locked', [1], { kwargs: { a: 2 } });
    expect(await sent(thrown, define)).toMatchObject({
      error: 'com.shop.error.locked',
      payload: { args: [1], kwargs: { a: 2 } },
    });
  });

  test('that has only a pattern has no URI to go out under', async () => {
    const { error, reported } = await sent(new OutOfStock('tea', 0), (s) => s.define(OutOfStock, 'com.<rest:suffix>'));
    expect(error).toBe(ERROR_URIS.runtimeError);
    expect(reported).toHaveLength(1);
  });

  test('that was defined for several URIs goes out under the first', async () => {
    const define = (session: Session) => {
      session.define(OutOfStock, 'com.<any>');
      session.define(OutOfStock, 'com.first');
      session.define(OutOfStock, 'com.second');
    };
    expect(await sent(new OutOfStock('tea', 0), define)).toMatchObject({ error: 'com.first' });
  });

  test('whose toWamp() fails is answered without what it said', async () => {
    class Broken extends Error {
      toWamp(): never {
        throw new Error('sesame');
      }
    }
    const { error, payload, reported } = await sent(new Broken(), (s) => s.define(Broken, 'com.e'));
    expect(error).toBe(ERROR_URIS.invalidPayload);
    expect(JSON.stringify(payload)).not.toContain('sesame');
    expect(reported).toMatchObject([{ error: { message: 'sesame' } }]);
  });
});

describe('an ERROR with a defined URI', () => {
  test('rejects with the class, made by its fromWamp; what came is its cause', async () => {
    const kwargs = JSON.parse('{"left":3,"error":1,"message":2,"stack":3,"constructor":4,"__proto__":{"polluted":5}}');
    const { error, reported } = await caught(URI, ['tea'], kwargs, (s) => s.define(OutOfStock, URI));
    expect(error).toBeInstanceOf(OutOfStock);
    expect(error).toMatchObject({ item: 'tea', left: 3, message: 'tea: 3 left', stack: expect.any(String) });
    const cause = error.cause as ApplicationError;
    expect(cause).toBeInstanceOf(ApplicationError);
    expect(cause).toMatchObject({ error: URI, args: ['tea'], executed: 'yes' });
    expect(Object.keys(cause.kwargs)).toEqual(Object.keys(kwargs));
    expect(error).not.toHaveProperty('polluted');
    expect(reported).toEqual([]);
  });

  test('without fromWamp the constructor gets the arguments as they came', async () => {
    class Locked extends Error {}
    const { error } = await caught('com.e', ['by joe', { cause: 'remote' }], {}, (s) => s.define(Locked, 'com.e'));
    expect(error).toBeInstanceOf(Locked);
    expect(error).toMatchObject({ message: 'by joe', cause: { args: ['by joe', { cause: 'remote' }] } });
  });

  test.each<[string, Value[], Dict]>([
    ['arguments', ['tea', null], {}],
    ['keywords too', ['tea'], { left: 0 }],
    ['nothing', [], {}],
  ])('an ApplicationError class without a constructor of its own is made whole, of %s', async (_, args, kwargs) => {
    class ShopError extends ApplicationError {}
    const { error } = await caught('com.shop.error.x', args, kwargs, (s) => s.define(ShopError, 'com.shop.error.x'));
    expect(error).toBeInstanceOf(ShopError);
    expect(error).toMatchObject({ error: 'com.shop.error.x', args, kwargs, executed: 'yes' });
  });

  test('an ApplicationError class whose constructor takes its arguments is made by them', async () => {
    class Sold extends ApplicationError {
      constructor(
        readonly item: string,
        readonly count: number,
      ) {
        super('com.sold', [item, count]);
      }
    }
    const { error, reported } = await caught('com.sold', ['tea', 2], {}, (s) => s.define(Sold, 'com.sold'));
    expect(error).toBeInstanceOf(Sold);
    expect(error).toMatchObject({ item: 'tea', count: 2, args: ['tea', 2] });
    expect(reported).toEqual([]);
    // Python's sends keywords besides: an error without them would not be the one that came.
    const other = await caught('com.sold', ['tea', 2], { when: 'now' }, (s) => s.define(Sold, 'com.sold'));
    expect(other.error).not.toBeInstanceOf(Sold);
    expect(other.error).toMatchObject({ error: 'com.sold', kwargs: { when: 'now' } });
    expect(other.reported[0]?.error).toBeInstanceOf(InvalidConfiguration);
  });

  test.each<[string, (error: ApplicationError) => unknown]>([
    ['throws', () => JSON.parse('no')],
    ['gives nothing', () => undefined],
    ['gives an error of another class', () => new Error('other')],
    ['gives a promise', async () => new OutOfStock('tea', 0)],
    ['gives a frozen error', () => Object.freeze(Object.assign(Object.create(OutOfStock.prototype)))],
  ])('where fromWamp %s, it is reported, and what came is the error', async (_, fromWamp) => {
    class Strange extends OutOfStock {
      static override fromWamp = fromWamp as never;
    }
    const { error, reported } = await caught(URI, ['tea'], {}, (s) => s.define(Strange, URI));
    expect(error).not.toBeInstanceOf(Strange);
    expect(error).toMatchObject({ error: URI, args: ['tea'] });
    expect(reported).toMatchObject([{ what: `making an error of class Strange for ${URI}` }]);
  });

  test('a URI goes before patterns, an earlier pattern before later ones; fromWamp gets the named parts', async () => {
    const made: unknown[] = [];
    const classOf = (name: string) =>
      class extends Error {
        static fromWamp(_: ApplicationError, parts: Dict) {
          made.push([name, parts]);
          return new this();
        }
      };
    const define = (session: Session) => {
      session.define(classOf('by number'), 'com.<id:int>.<name>');
      session.define(classOf('any'), 'com.<rest:suffix>');
      session.define(classOf('exact'), 'com.7.gone');
    };
    for (const uri of ['com.7.gone', 'com.7.lost', 'com.x.lost']) await caught(uri, [], {}, define);
    expect(made).toEqual([
      ['exact', {}],
      ['by number', { id: 7, name: 'lost' }],
      ['any', { rest: 'x.lost' }],
    ]);
    const { error } = await caught('org.x', [], {}, define);
    expect(error).toMatchObject({ error: 'org.x' });
  });

  test('tells of its call what the URI says of it', async () => {
    class Denied extends ApplicationError {
      constructor(...args: Value[]) {
        super(ERROR_URIS.notAuthorized, args);
      }
    }
    const { error } = await caught(ERROR_URIS.notAuthorized, ['no'], {}, (s) =>
      s.define(Denied, ERROR_URIS.notAuthorized),
    );
    expect(error).toBeInstanceOf(Denied);
    expect(error).toMatchObject({ executed: 'no' });
  });

  test('that has a class already stays of it', async () => {
    const define = (session: Session) => session.define(TypeCheckError, ERROR_URIS.typeCheckError);
    const { error } = await caught(ERROR_URIS.typeCheckError, ['a', 1], { b: 2 }, define);
    expect(error).toBeInstanceOf(TypeCheckError);
    expect(error).toMatchObject({ args: ['a', 1], kwargs: { b: 2 }, executed: 'no' });
    expect(error.cause).toBeUndefined();
  });

  test('answers a registration, a subscription and a publication alike', async () => {
    const { session, peer } = await joined();
    session.define(OutOfStock, URI);
    const refused = (type: ErrorMessage['requestType'], request: number) =>
      peer.say(errorMessage(type, request, URI, raw(['tea'])));
    const registering = session.register('com.p', () => {});
    refused(MessageType.REGISTER, (await peer.expect(MessageType.REGISTER)).request);
    expect(await failure(registering)).toBeInstanceOf(OutOfStock);
    const subscribing = session.subscribe('com.t', () => {});
    refused(MessageType.SUBSCRIBE, (await peer.expect(MessageType.SUBSCRIBE)).request);
    expect(await failure(subscribing)).toBeInstanceOf(OutOfStock);
    const publishing = session.publish('com.t', [], { acknowledge: true });
    refused(MessageType.PUBLISH, (await peer.expect(MessageType.PUBLISH)).request);
    expect(await failure(publishing)).toBeInstanceOf(OutOfStock);
  });

  test('is let pass by a procedure as it came', async () => {
    const { session, invoke, peer, reported } = await offered(() => session.call('com.inner'));
    session.define(OutOfStock, 'com.<any>.error.<name>');
    session.define(Denied, ERROR_URIS.notAuthorized);
    invoke();
    const first = (await peer.expect(MessageType.CALL)).request;
    peer.say(errorMessage(MessageType.CALL, first, URI, raw(['tea', 'more'], { left: 0, more: 1 })));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      error: URI,
      payload: { args: ['tea', 'more'], kwargs: { left: 0, more: 1 } },
    });
    expect(reported).toEqual([]);
    invoke();
    const second = (await peer.expect(MessageType.CALL)).request;
    peer.say(errorMessage(MessageType.CALL, second, ERROR_URIS.notAuthorized));
    expect(await peer.expect(MessageType.ERROR)).toMatchObject({
      error: ERROR_URIS.runtimeError,
      payload: { kwargs: { nested: ERROR_URIS.notAuthorized } },
    });
    expect(reported[0]?.error).toBeInstanceOf(Denied);
  });
});

class Denied extends Error {}

describe('define', () => {
  test('refuses what cannot be meant, and says what to do', async () => {
    const { session } = await joined();
    const define = (errorClass: unknown, uri?: unknown) => () => session.define(errorClass as never, uri as never);
    expect(define(class Plain {}, 'com.e')).toThrow('define: expected a class that extends Error, got class Plain');
    for (const none of [undefined, {}, 'Error', () => {}]) expect(define(none, 'com.e')).toThrow(InvalidConfiguration);
    expect(define(Error, 'com.e')).toThrow('define: Error is every error there is; define a subclass of it');
    expect(define(OutOfStock)).toThrow(
      "define: class OutOfStock has no URI; pass one, or decorate the class with @error('com.example.error')",
    );
    for (const uri of ['', 'a b', 'com..e', 'com.e.', 'com.<a', 'com.<a:float>', '<a:suffix>.b', 7]) {
      expect(define(OutOfStock, uri), String(uri)).toThrow(InvalidUriError);
    }
  });

  test('refuses a second class for a URI; the same again does nothing', async () => {
    const { session } = await joined();
    for (const uri of ['com.e', 'com.<a>.e']) {
      session.define(OutOfStock, uri);
      session.define(OutOfStock, uri);
      expect(() => session.define(Denied, uri)).toThrow(
        `define: ${uri} is defined as class OutOfStock already, and cannot be class Denied too`,
      );
    }
  });

  test("without a URI takes the class's own, not that of its parent", async () => {
    class Gone extends OutOfStock {}
    class Parent extends Error {}
    class Child extends Parent {}
    declareErrorUri(Gone, URI);
    declareErrorUri(Parent, 'com.parent');
    const { error } = await caught(URI, ['tea'], {}, (s) => {
      s.define(Gone);
      expect(() => s.define(Child)).toThrow('class Child has no URI');
    });
    // The inherited fromWamp makes its parent.
    expect(error).not.toBeInstanceOf(Gone);
  });

  test('knows a class that was decorated with another copy of the package', async () => {
    class Foreign extends Error {}
    vi.resetModules();
    const copy = await import('@wamp-run/protocol');
    expect(copy.declareErrorUri).not.toBe(declareErrorUri);
    copy.declareErrorUri(Foreign, 'com.foreign');
    const { error } = await caught('com.foreign', ['x'], {}, (s) => s.define(Foreign));
    expect(error).toBeInstanceOf(Foreign);
    class ForeignError extends copy.ApplicationError {}
    const other = await caught('com.other', ['x'], { y: 1 }, (s) => s.define(ForeignError, 'com.other'));
    expect(other.error).toBeInstanceOf(ForeignError);
    expect(other.error).toMatchObject({ error: 'com.other', args: ['x'], kwargs: { y: 1 } });
  });

  test("on a client's session holds before the first join, and over all joins", async () => {
    const connector = new ScriptedConnector();
    const clock = new FakeClock();
    const client = new Client({ connectors: [connector], realm: 'realm1', clock, random: NO_JITTER });
    client.session.define(OutOfStock, URI);
    client.open();
    for (const _ of [1, 2]) {
      const peer = await connector.next();
      await welcome(peer);
      await client.joined();
      const call = client.session.call('com.x');
      const { request } = await peer.expect(MessageType.CALL);
      peer.say(errorMessage(MessageType.CALL, request, URI, raw(['tea'])));
      expect(await failure(call)).toBeInstanceOf(OutOfStock);
      peer.drop();
      await settle();
      clock.advance(1_500);
    }
    await client.close();
  });
});
