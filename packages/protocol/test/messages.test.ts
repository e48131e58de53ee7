import { describe, expect, test } from 'vitest';
import {
  type Dict,
  errorMessage,
  eventMessage,
  frameOf,
  headerOf,
  MESSAGE_SHAPES,
  MessageType,
  messageFromList,
  nameOf,
  ProtocolError,
  payloadIn,
  type Serializer,
  type Value,
} from '../src/index.js';

/** One message of each type as it lies on the wire, header only. */
const HEADERS: Record<string, Value[]> = {
  HELLO: [1, 'realm1', { roles: { caller: {} } }],
  WELCOME: [2, 9129137332, { roles: { broker: {} } }],
  ABORT: [3, { message: 'no' }, 'wamp.error.no_such_realm'],
  CHALLENGE: [4, 'ticket', {}],
  AUTHENTICATE: [5, 'secret', {}],
  GOODBYE: [6, {}, 'wamp.close.normal'],
  ERROR: [8, 48, 7, {}, 'com.example.error'],
  PUBLISH: [16, 1, { acknowledge: true }, 'com.example.topic'],
  PUBLISHED: [17, 1, 4429313566],
  SUBSCRIBE: [32, 1, {}, 'com.example.topic'],
  SUBSCRIBED: [33, 1, 5],
  UNSUBSCRIBE: [34, 2, 5],
  UNSUBSCRIBED: [35, 2],
  EVENT: [36, 5, 4429313566, {}],
  CALL: [48, 3, { receive_progress: true }, 'com.example.procedure'],
  CANCEL: [49, 3, { mode: 'kill' }],
  RESULT: [50, 3, { progress: true }],
  REGISTER: [64, 4, {}, 'com.example.procedure'],
  REGISTERED: [65, 4, 9],
  UNREGISTER: [66, 5, 9],
  UNREGISTERED: [67, 5],
  INVOCATION: [68, 1, 9, {}],
  INTERRUPT: [69, 1, { mode: 'killnowait' }],
  YIELD: [70, 1, {}],
  EVENT_RECEIVED: [337, 4429313566],
};

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as ProtocolError).reason).toBe('wamp.error.protocol_violation');
    return (error as Error).message;
  }
  throw new Error('expected a ProtocolError');
}

describe('every message', () => {
  test('has a sample here and a shape there', () => {
    expect(Object.keys(HEADERS).sort()).toEqual(Object.keys(MessageType).sort());
    expect(MESSAGE_SHAPES.map((shape) => shape.name).sort()).toEqual(Object.keys(MessageType).sort());
  });

  for (const shape of MESSAGE_SHAPES) {
    const header = HEADERS[shape.name] as Value[];

    test(`${shape.name} is read and written as it lies on the wire`, () => {
      const message = messageFromList(structuredClone(header));
      expect(nameOf(message)).toBe(shape.name);
      expect(headerOf(message)).toEqual(header);
      expect(payloadIn(message)).toBeUndefined();
    });

    test(`${shape.name} ${shape.payload ? 'carries' : 'refuses'} arguments`, () => {
      const list = [...structuredClone(header), [1, 'two'], { three: 3 }];
      if (shape.payload) expect(payloadIn(messageFromList(list))).toEqual({ args: [1, 'two'], kwargs: { three: 3 } });
      else expect(refusal(() => messageFromList(list))).toMatch(new RegExp(`^${shape.name}: expected .* items, got`));
      expect(() => messageFromList(structuredClone(header).slice(0, -1))).toThrow(ProtocolError);
    });

    test(`${shape.name} names each item that is wrong`, () => {
      for (let index = 1; index < header.length; index++) {
        const wrong = structuredClone(header);
        wrong[index] = true;
        expect(refusal(() => messageFromList(wrong))).toMatch(
          new RegExp(`^${shape.name}\\[${index}\\] [a-z ]+: expected .*, got boolean$`),
        );
      }
    });
  }
});

describe('precise errors', () => {
  const cases: [string, unknown, string][] = [
    ['not a list', 'hello', 'message: expected list, got string'],
    ['an empty list', [], 'message: expected a list with a message type, got an empty list'],
    ['a type that is none', [7, 1], 'message[0] type: 7 is no message of the protocol'],
    ['a type that is a string', ['CALL'], 'message[0] type: expected integer, got string'],
    ['options', [64, 1, 'x', 'a.b'], 'REGISTER[2] options: expected dict, got string'],
    ['a list for options', [64, 1, [], 'a.b'], 'REGISTER[2] options: expected dict, got list'],
    ['an id of 0', [64, 0, {}, 'a.b'], 'REGISTER[1] request: expected id (1 to 9007199254740992), got integer 0'],
    ['a float id', [64, 1.5, {}, 'a.b'], 'REGISTER[1] request: expected id (1 to 9007199254740992), got float 1.5'],
    [
      'an id too large',
      [64, 2 ** 53 + 2, {}, 'a.b'],
      'REGISTER[1] request: expected id (1 to 9007199254740992), got integer 9007199254740994',
    ],
    [
      'an option',
      [16, 1, { acknowledge: 1 }, 'a.b'],
      'PUBLISH[2] options.acknowledge: expected boolean, got integer 1',
    ],
    [
      'an item of an option',
      [16, 1, { exclude: ['x'] }, 'a.b'],
      'PUBLISH[2] options.exclude: expected list of id, got list',
    ],
    [
      'a word that is none',
      [49, 1, { mode: 'stop' }],
      'CANCEL[2] options.mode: expected one of skip, kill, killnowait, got string',
    ],
    ['no roles', [1, 'r', {}], 'HELLO[2] details.roles: expected dict, got null'],
    [
      'roles of a router in HELLO',
      [1, 'r', { roles: { broker: {} } }],
      'HELLO[2] details.roles: expected dict with at least one of publisher, subscriber, caller, callee, got dict',
    ],
    [
      'a session to resume that is no id',
      [1, 'r', { roles: { caller: {} }, 'resume-session': 0 }],
      'HELLO[2] details.resume-session: expected id, got integer 0',
    ],
    [
      'an answer about resumption that is none',
      [2, 1, { roles: { broker: {} }, resumed: 'yes' }],
      'WELCOME[2] details.resumed: expected boolean, got string',
    ],
    [
      'a token that is no text',
      [2, 1, { roles: { broker: {} }, resume_token: 7 }],
      'WELCOME[2] details.resume_token: expected string, got integer 7',
    ],
    [
      'an ERROR for no request',
      [8, 1, 1, {}, 'a.b'],
      'ERROR[1] request type: expected one of 16, 32, 34, 48, 64, 66, 68, got integer 1',
    ],
    ['args', [48, 1, {}, 'a.b', 'x'], 'CALL[4] args: expected list, got string'],
    ['kwargs', [48, 1, {}, 'a.b', [], []], 'CALL[5] kwargs: expected dict, got list'],
    ['a revocation of nothing', [67, 0, {}], 'UNREGISTERED[2] details.registration: expected id, got null'],
  ];
  for (const [what, list, text] of cases) {
    test(what, () => {
      expect(refusal(() => messageFromList(list as Value[]))).toBe(text);
    });
  }

  test('2^53 is a valid id', () => {
    expect(messageFromList([66, 2 ** 53, 2 ** 53])).toMatchObject({ request: 2 ** 53 });
  });

  test('a null option counts as absent, an unknown one is let through', () => {
    const message = messageFromList([32, 1, { match: null, x_own: 5, __proto__: null }, 'a.b']);
    expect(message).toMatchObject({ options: { x_own: 5 } });
    expect((message as { options: Dict }).options).not.toHaveProperty('match');
  });

  test('null for args or kwargs is what is not there', () => {
    expect(payloadIn(messageFromList([50, 1, {}, [1], null]))).toEqual({ args: [1], kwargs: {} });
    expect(payloadIn(messageFromList([50, 1, {}, null, { a: 1 }]))).toEqual({ args: [], kwargs: { a: 1 } });
  });

  test('names of Object.prototype are no known options', () => {
    const options = JSON.parse('{"constructor": 1, "toString": 2, "__proto__": 3}') as Dict;
    expect(() => messageFromList([32, 1, options, 'a.b'])).not.toThrow();
  });
});

describe('an event for many', () => {
  const serializer = (name: string, log: string[]): Serializer => ({
    name,
    subprotocol: `wamp.2.${name}`,
    binary: true,
    encode: () => {
      log.push(name);
      return new Uint8Array([log.length]);
    },
    decode: () => errorMessage(48, 1, 'not.used'),
    decodePayload: () => ({ args: [], kwargs: {} }),
  });

  test('is encoded once for each serializer', () => {
    const log: string[] = [];
    const event = eventMessage(1, 2, {}, undefined, new Map());
    const [a, b] = [serializer('a', log), serializer('b', log)];
    const frames = [frameOf(event, a), frameOf(event, b), frameOf(event, a), frameOf(event, b)];
    expect(log).toEqual(['a', 'b']);
    expect(frames[2]).toBe(frames[0]);
    expect(frames[3]).toBe(frames[1]);
  });

  test('is encoded each time where it goes to one', () => {
    const log: string[] = [];
    const event = eventMessage(1, 2, {});
    frameOf(event, serializer('a', log));
    frameOf(event, serializer('a', log));
    expect(log).toEqual(['a', 'a']);
  });
});
