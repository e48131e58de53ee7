import { SessionNotReady } from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';
import type { CallArguments } from './caller.js';
import type { JoinedSession } from './joined-session.js';
import type { CallOptions, PublishOptions, RegisterOptions, SubscribeOptions } from './options.js';
import type { Publication } from './publication.js';
import type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
import { Session } from './session.js';
import type { SessionDetails } from './session-details.js';
import type { EventHandler, Subscription } from './subscription.js';

/** The session that outlives joins: everything goes to the one that is joined now. */
export class LastingSession extends Session {
  readonly #now: () => JoinedSession | undefined;

  /** `now` gives the joined session, while there is one. */
  constructor(now: () => JoinedSession | undefined) {
    super();
    this.#now = now;
  }

  get details(): SessionDetails | undefined {
    return this.#now()?.details;
  }

  call(
    procedure: string,
    args: CallArguments | undefined,
    options: CallOptions & { details: true },
  ): Promise<CallResult>;
  call<R = unknown>(procedure: string, args?: CallArguments, options?: CallOptions): Promise<R>;
  call(procedure: string, args?: CallArguments, options?: CallOptions): Promise<unknown> {
    return this.#now()?.call(procedure, args, options) ?? Promise.reject(notReady());
  }

  register(
    procedure: string,
    handler: ProgressiveProcedure,
    options: RegisterOptions & { progressive: true },
  ): Promise<Registration>;
  register(procedure: string, handler: Procedure, options?: RegisterOptions): Promise<Registration>;
  register(procedure: string, handler: Procedure | ProgressiveProcedure, options?: RegisterOptions) {
    return this.#now()?.register(procedure, handler as Procedure, options) ?? Promise.reject(notReady());
  }

  subscribe(topic: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription> {
    return this.#now()?.subscribe(topic, handler, options) ?? Promise.reject(notReady());
  }

  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions & { acknowledge: true },
  ): Promise<Publication>;
  publish(topic: string, args?: readonly unknown[], options?: PublishOptions): void;
  publish(topic: string, args?: readonly unknown[], options: PublishOptions = {}): Promise<Publication> | undefined {
    const session = this.#now();
    if (session !== undefined) return session.publish(topic, args, options as PublishOptions & { acknowledge: true });
    if (options.acknowledge === true) return Promise.reject(notReady());
    throw notReady();
  }

  leave(reason?: string, message?: string): Promise<void> {
    return this.#now()?.leave(reason, message) ?? Promise.reject(notReady());
  }
}

function notReady(): SessionNotReady {
  return new SessionNotReady('no session is joined now: await joined(), or try again after the next join');
}
