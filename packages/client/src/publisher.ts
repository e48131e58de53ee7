import { checkUri, MessageType, publishMessage } from '@wamp-run/protocol';
import { outgoing } from './arguments.js';
import type { PublishOptions } from './options.js';
import type { PendingPublish } from './pending.js';
import type { Publication } from './publication.js';
import { publishOptions } from './request-options.js';
import type { Requests } from './requests.js';

/** The role that publishes events. */
export class Publisher {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
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
      this.#send(topic, args, options, {
        type: MessageType.PUBLISH,
        done: (id) => resolve({ id }),
        fail: reject,
      });
    });
  }

  #send(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions,
    pending: PendingPublish | undefined,
  ): void {
    checkUri(topic, 'topic');
    const wire = publishOptions(options);
    const payload = outgoing(args, options.kwargs);
    this.#requests.checkReady();
    this.#requests.send(publishMessage(this.#requests.next(), wire, topic, payload), pending);
  }
}
