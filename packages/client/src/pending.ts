import type { Id, MessageType } from '@wamp-run/protocol';
import type { PendingCall } from './pending-call.js';

/** A PUBLISH that waits for PUBLISHED. */
export interface PendingPublish {
  readonly type: typeof MessageType.PUBLISH;
  done(publication: Id): void;
  fail(error: Error): void;
}

/** A REGISTER that waits for REGISTERED. */
export interface PendingRegister {
  readonly type: typeof MessageType.REGISTER;
  done(registration: Id): void;
  fail(error: Error): void;
  /** REGISTERED came after the deadline. */
  late?(registration: Id): void;
}

/** A SUBSCRIBE that waits for SUBSCRIBED. */
export interface PendingSubscribe {
  readonly type: typeof MessageType.SUBSCRIBE;
  done(subscription: Id): void;
  fail(error: Error): void;
  /** SUBSCRIBED came after the deadline. */
  late?(subscription: Id): void;
}

/** An UNREGISTER or UNSUBSCRIBE that waits for its confirmation. */
export interface PendingEnd {
  readonly type: typeof MessageType.UNREGISTER | typeof MessageType.UNSUBSCRIBE;
  done(): void;
  fail(error: Error): void;
  /** The confirmation came after the deadline. */
  late?(): void;
}

/** A request that the router itself answers. */
export type PendingAsk = PendingPublish | PendingRegister | PendingSubscribe | PendingEnd;

/** A request that waits for its answer. `fail` comes for an ERROR, and when the session ends. */
export type Pending = PendingCall | PendingAsk;

/** The pending request that a request of this type leaves. */
export type PendingOf<T extends Pending['type']> = Pending & { readonly type: T };
