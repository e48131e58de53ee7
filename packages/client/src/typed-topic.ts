import { TypeCheckError } from '@wamp-run/protocol';
import type { EventDetails } from './event-details.js';
import type { PublishOptions, SubscribeOptions } from './options.js';
import type { Publication } from './publication.js';
import type { Session } from './session.js';
import type { EventHandler, Subscription } from './subscription.js';
import { received, wrongToPublish } from './topic-check.js';
import type { ReceivedEvent, TopicContract } from './topic-contract.js';

/** Receives the events of a typed topic, in the same shape as those of any other. */
export type TypedEventHandler<R> =
  R extends ReceivedEvent<infer A, infer K> ? (args: A, kwargs: K, details: EventDetails) => unknown : never;

/**
 * A topic that is published and subscribed to with the types, and under the checks, of its contract.
 *
 * @typeParam A what a publisher gives, keyword arguments last
 * @typeParam P what publishing gives
 * @typeParam R what a subscriber gets
 */
export interface TypedTopic<A extends readonly unknown[], P, R = ReceivedEvent<A>> {
  /**
   * Publishes an event. It goes out as it is given: what a schema makes of it is the subscribers' matter.
   *
   * @throws TypeCheckError that names everything that is wrong, nothing having been sent; what `Session.publish` throws,
   *   or rejects with
   */
  publish(...args: A): P;

  /**
   * Receives the topic's events, as the schemas give them back. One that does not fit never reaches the handler: it is
   * reported to `onUserError`, as a TypeCheckError that names everything that is wrong. Where a schema answers with a
   * promise, the handler runs when that is there, perhaps after one of a later event; `order: 'sequential'` keeps them
   * in turn.
   *
   * @throws (rejects) as `Session.subscribe`
   * @example await session.topic(Sold).subscribe(([article], { quantity }) => take(article, quantity));
   */
  subscribe(handler: TypedEventHandler<R>, options?: SubscribeOptions): Promise<Subscription>;
}

/** A topic of which only the types are known is used without checks. */
export function typedTopic(
  session: Session,
  of: TopicContract | string,
  options: PublishOptions,
): TypedTopic<readonly unknown[], Promise<Publication> | undefined> {
  const send = (topic: string, args: readonly unknown[], kwargs: object | undefined) =>
    session.publish(
      topic,
      args,
      (kwargs === undefined ? options : { ...options, kwargs }) as PublishOptions & { acknowledge: true },
    );
  if (typeof of === 'string') {
    return {
      publish: (...args) => send(of, args, undefined),
      subscribe: (handler, how) => session.subscribe(of, handler as unknown as EventHandler, how),
    };
  }
  const { topic, args: schemas } = of;
  const most = schemas.length + (Object.keys(of.kwargs).length > 0 ? 1 : 0);
  return {
    publish: (...given) => {
      const args = given.slice(0, schemas.length);
      const kwargs = most > schemas.length ? given[schemas.length] : undefined;
      const wrong = wrongToPublish(of, { args, kwargs: (kwargs ?? {}) as Readonly<Record<string, unknown>> });
      if (given.length > most)
        wrong.push(`expected at most ${most} argument${most === 1 ? '' : 's'} got=${given.length}`);
      if (wrong.length > 0) throw new TypeCheckError(`publishing to ${topic}: ${wrong.join(', ')}`);
      return send(topic, args, kwargs as object | undefined);
    },
    subscribe: (handler, how) => session.subscribe(topic, checkedBy(of, handler as unknown as EventHandler), how),
  };
}

function checkedBy(contract: TopicContract, handler: EventHandler): EventHandler {
  const refuse = (wrong: readonly string[]) => new TypeCheckError(`an event of ${contract.topic}: ${wrong.join(', ')}`);
  return (args, kwargs, details) => {
    const event = received(contract, { args, kwargs }, refuse);
    if (event instanceof Promise) return event.then((fine) => handler(fine.args, fine.kwargs, details));
    return handler(event.args, event.kwargs, details);
  };
}
