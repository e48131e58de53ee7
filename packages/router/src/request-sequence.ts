import { following, type Id, type Message, nameOf, ProtocolError } from '@wamp-run/protocol';

/**
 * The request ids of one session: 1, 2, 3, … over all of SUBSCRIBE, UNSUBSCRIBE, PUBLISH, REGISTER, UNREGISTER and
 * CALL together, and after 2^53 again 1.
 */
export class RequestSequence {
  readonly #strict: boolean;
  #last: Id = 0;

  /** @param strict `false` takes any id: for clients that go on counting when they connect again. */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** Takes the id of a request that no message brings. It is known to be the next. */
  takeNext(request: Id): void {
    this.#last = request;
  }

  /** Takes the id of a request. Throws a ProtocolError where it is not the next one (V7). */
  take(request: Message & { readonly request: Id }): void {
    const expected = following(this.#last);
    if (this.#strict && request.request !== expected) {
      throw new ProtocolError(`${nameOf(request)} request id ${request.request}: expected ${expected}`);
    }
    this.#last = request.request;
  }
}
