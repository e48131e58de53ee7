import { ProtocolError } from '../errors.js';
import { callMessage } from '../messages/call.js';
import { headerOf, type Message, nameOf } from '../messages/message.js';
import { publishedMessage } from '../messages/published.js';
import { type Batching, MAX_BATCH, type Serializer } from '../serializer.js';
import { check, failureOf, same } from './comparing.js';
import { everyMessage } from './sample-messages.js';

/** The part of `serializerConformance` for a serializer whose frames come in batches. */
export function batchConformance(
  test: (name: string, run: () => void) => void,
  serializer: Serializer,
  batch: Batching,
): void {
  const read = (bytes: Uint8Array): Message[] => batch.split(bytes).map((frame) => serializer.decode(frame));
  const refused = (bytes: Uint8Array, what: string): void => {
    const error = failureOf(() => read(bytes));
    check(error instanceof ProtocolError, `${what}: expected a ProtocolError, got ${String(error ?? 'messages')}`);
  };

  test('the messages of a batch arrive in their order', () => {
    const messages = everyMessage();
    const frames = messages.map((message) => serializer.encode(message));
    for (const count of [1, 2, frames.length]) {
      const bytes = batch.join(frames.slice(0, count));
      const length = frames.slice(0, count).reduce((sum, frame) => sum + frame.length + batch.overhead, 0);
      same(bytes.length, length, `bytes of a batch of ${count}`);
      same(read(bytes).map(headerOf), messages.slice(0, count).map(headerOf), `a batch of ${count}`);
      same(batch.split(bytes), frames.slice(0, count), `the frames in a batch of ${count}`);
    }
  });

  test('frames are the same in a batch and out of it', () => {
    const frame = serializer.encode(callMessage(1, {}, 'com.example.p', { args: ['x'.repeat(300)], kwargs: {} }));
    const before = Uint8Array.from(frame);
    const bytes = batch.join([frame, frame]);
    bytes.fill(0);
    same(frame, before, 'a frame after its batch was overwritten');
  });

  test('a batch has as many messages as it may have, and no more', () => {
    const frames = Array.from({ length: 10_000 }, (_, i) => serializer.encode(publishedMessage(i + 1, 1)));
    const most = read(batch.join(frames.slice(0, MAX_BATCH)));
    same(most.length, MAX_BATCH, 'messages');
    same(headerOf(most[MAX_BATCH - 1] as Message)[1], MAX_BATCH, 'the request of the last one');
    for (const count of [MAX_BATCH + 1, 10_000]) {
      refused(join(frames.slice(0, count).map((frame) => batch.join([frame]))), `a batch of ${count}`);
    }
  });

  test('a batch of nothing, cut short, or with something behind it, is a ProtocolError', () => {
    refused(new Uint8Array(), 'an empty batch');
    for (const message of everyMessage()) {
      const bytes = batch.join([serializer.encode(message)]);
      for (let length = 0; length < bytes.length; length++) {
        refused(
          bytes.slice(0, length),
          `${nameOf(message)}, the first ${length} of ${bytes.length} bytes of its batch`,
        );
      }
      for (const more of [0, 1, 0x20, 0x5b, 0xff]) {
        refused(Uint8Array.of(...bytes, more), `a batch with ${nameOf(message)} and one byte behind it`);
      }
    }
    refused(batch.join([new Uint8Array()]), 'a batch with a message of no bytes');
  });
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
