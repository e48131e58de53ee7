import { checkUri, type Id, MessageType, type Payload, publishMessage } from '@wamp-run/protocol';
import { outgoing } from './arguments.js';
import type { PublishOptions } from './options.js';
import type { PayloadCoding } from './payload-coding.js';
import type { Publication } from './publication.js';
import { publishOptions } from './request-options.js';
import { passthruNotAnnounced, type Requests } from './requests.js';

/** What a publisher needs besides the requests. */
export interface PublisherOptions {
  readonly coding: PayloadCoding;
  /** Whether the router's broker passes encoded payloads on, in the form in which they go out. */
  readonly passesEncoded: boolean;
}

/** Who waits for PUBLISHED. */
interface Acknowledged {
  /** What the event's arguments were encoded in. */
  payloadScheme: string | undefined;
  done(publication: Id): void;
  fail(error: Error): void;
}

/** The role that publishes events. */
export class Publisher {
  readonly #requests: Requests;
  readonly #options: PublisherOptions;

  constructor(requests: Requests, options: PublisherOptions) {
    this.#requests = requests;
    this.#options = options;
  }

  /** Sends, and throws what is wrong; or, acknowledged, rejects with it. */
  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions,
  ): Promise<Publication> | undefined {
    if (options.acknowledge !== true) {
      this.#send(topic, args, options, undefined);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const waiting: Acknowledged = {
        payloadScheme: undefined,
        done: (id) => resolve({ id, payloadScheme: waiting.payloadScheme }),
        fail: reject,
      };
      this.#send(topic, args, options, waiting);
    });
  }

  #send(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions,
    waiting: Acknowledged | undefined,
  ): void {
    checkUri(topic, 'topic');
    const wire = publishOptions(options);
    let payload: Payload | undefined = outgoing(args, options.kwargs);
    this.#requests.checkReady();
    const { coding, passesEncoded } = this.#options;
    if (coding.codec !== undefined) {
      const sealed = coding.seal(topic, payload);
      if (sealed.attributes !== undefined && !passesEncoded) throw passthruNotAnnounced(coding.form);
      Object.assign(wire, sealed.attributes);
      if (waiting !== undefined) waiting.payloadScheme = sealed.scheme;
      payload = sealed.payload;
    }
    const message = publishMessage(this.#requests.next(), wire, topic, payload);
    if (waiting === undefined) this.#requests.send(message, undefined);
    else this.#requests.ask(message, { type: MessageType.PUBLISH, done: waiting.done, fail: waiting.fail }, topic);
  }
}
