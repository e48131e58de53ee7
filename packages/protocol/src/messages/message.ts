import { ProtocolError } from '../errors.js';
import { BinaryPayload, type Payload } from '../payload.js';
import type { Serializer } from '../serializer.js';
import { isDict, type Value } from '../value.js';
import { type Abort, abortShape } from './abort.js';
import { type Authenticate, authenticateShape } from './authenticate.js';
import { type Call, callShape } from './call.js';
import { type Cancel, cancelShape } from './cancel.js';
import { type Challenge, challengeShape } from './challenge.js';
import { type ErrorMessage, errorShape } from './error.js';
import { type Event, eventShape } from './event.js';
import { type EventReceived, eventReceivedShape } from './event-received.js';
import { mismatch } from './fields.js';
import { type Goodbye, goodbyeShape } from './goodbye.js';
import { type Hello, helloShape } from './hello.js';
import { type Interrupt, interruptShape } from './interrupt.js';
import { type Invocation, invocationShape } from './invocation.js';
import { type Publish, publishShape } from './publish.js';
import { type Published, publishedShape } from './published.js';
import { type Register, registerShape } from './register.js';
import { type Registered, registeredShape } from './registered.js';
import { type Result, resultShape } from './result.js';
import type { MessageShape } from './shape.js';
import { type Subscribe, subscribeShape } from './subscribe.js';
import { type Subscribed, subscribedShape } from './subscribed.js';
import { MessageType } from './types.js';
import { type Unregister, unregisterShape } from './unregister.js';
import { type Unregistered, unregisteredShape } from './unregistered.js';
import { type Unsubscribe, unsubscribeShape } from './unsubscribe.js';
import { type Unsubscribed, unsubscribedShape } from './unsubscribed.js';
import { type Welcome, welcomeShape } from './welcome.js';
import { type Yield, yieldShape } from './yield.js';

/** Any message of the protocol; `type` tells which. */
export type Message =
  | Abort
  | Authenticate
  | Call
  | Cancel
  | Challenge
  | ErrorMessage
  | Event
  | EventReceived
  | Goodbye
  | Hello
  | Interrupt
  | Invocation
  | Publish
  | Published
  | Register
  | Registered
  | Result
  | Subscribe
  | Subscribed
  | Unregister
  | Unregistered
  | Unsubscribe
  | Unsubscribed
  | Welcome
  | Yield;

/** The messages that can carry args and kwargs. */
export type PayloadMessage = Abort | Call | ErrorMessage | Event | Invocation | Publish | Result | Yield;

/** Every message's shape, in the order of the codes. */
export const MESSAGE_SHAPES: readonly MessageShape<Message>[] = [
  helloShape,
  welcomeShape,
  abortShape,
  challengeShape,
  authenticateShape,
  goodbyeShape,
  errorShape,
  publishShape,
  publishedShape,
  subscribeShape,
  subscribedShape,
  unsubscribeShape,
  unsubscribedShape,
  eventShape,
  callShape,
  cancelShape,
  resultShape,
  registerShape,
  registeredShape,
  unregisterShape,
  unregisteredShape,
  invocationShape,
  interruptShape,
  yieldShape,
  eventReceivedShape,
];

// An array by code: one load on the path of every message.
const BY_CODE: (MessageShape<Message> | undefined)[] = [];
for (const shape of MESSAGE_SHAPES) BY_CODE[shape.type] = shape;

/** The shape for the code that begins a message. Throws a ProtocolError for a code that is no message's. */
export function shapeOf(code: unknown): MessageShape<Message> {
  const shape = typeof code === 'number' ? BY_CODE[code] : undefined;
  if (shape !== undefined) return shape;
  if (typeof code !== 'number' || !Number.isInteger(code)) throw mismatch('message[0] type', 'integer', code);
  throw new ProtocolError(`message[0] type: ${code} is no message of the protocol`);
}

/** The message's name on the wire: `HELLO`, `CALL`, … */
export function nameOf(message: Message): string {
  return shapeOf(message.type).name;
}

/** How many items of a message of `length` items are header, the rest being args and kwargs. Throws where the length is wrong. */
export function headerLength(shape: MessageShape<Message>, length: number): number {
  const [least, most] = shape.header;
  const header = shape.payload ? least : length;
  if (length < least || header > most || length - header > 2) {
    const longest = shape.payload ? most + 2 : most;
    const wanted = least === longest ? `${least}` : `${least} to ${longest}`;
    throw new ProtocolError(`${shape.name}: expected ${wanted} items, got ${length}`);
  }
  return header;
}

/** The header's items of a message, its code first. */
export function headerOf(message: Message): Value[] {
  return shapeOf(message.type).write(message);
}

/** The payload of a message, if it has one. */
export function payloadIn(message: Message): Payload | undefined {
  return (message as PayloadMessage).payload;
}

/** A message from a whole list of values, `[code, …, args, kwargs]`, as a peer in the same program might give it. */
export function messageFromList(list: readonly Value[]): Message {
  if (!Array.isArray(list)) throw mismatch('message', 'list', list);
  if (list.length === 0) throw new ProtocolError('message: expected a list with a message type, got an empty list');
  const shape = shapeOf(list[0]);
  const header = headerLength(shape, list.length);
  const place = (index: number, what: string) => `${shape.name}[${index}] ${what}`;
  let payload: Payload | undefined;
  if (list.length > header) {
    // Autobahn and fox-wamp write null for what is not there.
    const args = list[header] ?? [];
    if (shape.payload && args instanceof Uint8Array) {
      if (list.length > header + 1) throw kwargsBehindBytes(shape);
      return shape.read(list.slice(0, header), new BinaryPayload(args));
    }
    const kwargs = list[header + 1] ?? {};
    if (!Array.isArray(args)) throw mismatch(place(header, 'args'), 'list', args);
    if (!isDict(kwargs)) throw mismatch(place(header + 1, 'kwargs'), 'dict', kwargs);
    payload = { args, kwargs };
  }
  return shape.read(list.slice(0, header), payload);
}

/** For a message with bytes in the place of the args, and something behind them. */
export function kwargsBehindBytes(shape: MessageShape<Message>): ProtocolError {
  return new ProtocolError(`${shape.name}[${shape.header[0] + 1}] kwargs: expected nothing behind a binary payload`);
}

/** The bytes of a message in a serializer; of an event for many, those that were made for the first. */
export function frameOf(message: Message, serializer: Serializer): Uint8Array {
  if (message.type !== MessageType.EVENT || message.frames === undefined) return serializer.encode(message);
  let frame = message.frames.get(serializer.name);
  if (frame === undefined) {
    frame = serializer.encode(message);
    message.frames.set(serializer.name, frame);
  }
  return frame;
}
