// Publishing under a contract: what is sent, and what is not.
import type { StandardSchema } from '@wamp-run/protocol';
import { TypeCheckError } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { defineTopic } from '../src/index.js';
import { RecordingSession } from './recording-session.js';

class PublishingSession extends RecordingSession {
  readonly sent: unknown[][] = [];

  override publish(...given: unknown[]): Promise<never> {
    this.sent.push(given);
    return undefined as unknown as Promise<never>;
  }
}

/** Reads text as a number. */
const NUMERIC: StandardSchema<string, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'string' && value !== '' ? { value: Number(value) } : { issues: [{ message: 'is no number' }] },
  },
};

const Sold = defineTopic('com.shop.sold', { args: [NUMERIC, NUMERIC], kwargs: { price: NUMERIC } });
const Closed = defineTopic('com.shop.closed');

test('an event goes out as it is given, with the options of the topic', () => {
  const session = new PublishingSession();
  const options = { excludeMe: false };
  session.topic(Sold, options).publish('1', '2', { price: '3' });
  session.topic(Closed, options).publish();
  session.topic<[n: number]>('com.shop.tick').publish(4);
  expect(session.sent).toEqual([
    ['com.shop.sold', ['1', '2'], { excludeMe: false, kwargs: { price: '3' } }],
    ['com.shop.closed', [], { excludeMe: false }],
    ['com.shop.tick', [4], {}],
  ]);
  expect(options).toEqual({ excludeMe: false });
});

test('an event that does not fit is not sent', () => {
  const session = new PublishingSession();
  expect(() => session.topic(Sold).publish('1', '', { price: '' })).toThrow(TypeCheckError);
  // @ts-expect-error nothing was given
  expect(() => session.topic(Sold).publish()).toThrow(
    "'argument 1' is no number, 'argument 2' is no number, 'price' is no number",
  );
  // @ts-expect-error there are no arguments
  expect(() => session.topic(Closed).publish(1)).toThrow('expected at most 0 arguments got=1');
  expect(session.sent).toEqual([]);
});
