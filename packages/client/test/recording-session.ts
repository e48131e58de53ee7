import type { Id } from '@wamp-run/protocol';
import type {
  CallResult,
  EventHandler,
  Publication,
  RegisterOptions,
  Registration,
  Session,
  SessionDetails,
  SubscribeOptions,
  Subscription,
} from '../src/index.js';
import { Session as AnySession } from '../src/index.js';

/** One thing that a session has at its router. */
export interface Kept {
  readonly id: Id;
  readonly uri: string;
  readonly handler: unknown;
  readonly options: unknown;
  active: boolean;
}

/** A session whose router says yes, and that knows what it has been asked for, options and all. */
export class RecordingSession extends AnySession implements Session {
  details: SessionDetails | undefined = {} as SessionDetails;
  readonly registrations = new Set<Kept>();
  readonly subscriptions = new Set<Kept>();
  #last: Id = 0;

  get isConnected(): boolean {
    return this.details !== undefined;
  }

  get isAttached(): boolean {
    return this.details !== undefined;
  }

  async register(procedure: string, handler: never, options?: RegisterOptions): Promise<Registration> {
    const kept = this.#keep(this.registrations, procedure, handler, options);
    return Object.assign(kept, { procedure, unregister: () => this.#give(this.registrations, kept) });
  }

  async subscribe(topic: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription> {
    const kept = this.#keep(this.subscriptions, topic, handler, options);
    return Object.assign(kept, { topic, waiting: 0, unsubscribe: () => this.#give(this.subscriptions, kept) });
  }

  /** The connection is lost. */
  drop(): void {
    this.details = undefined;
    for (const kept of [...this.registrations, ...this.subscriptions]) kept.active = false;
  }

  call(): Promise<CallResult> {
    throw new Error('not recorded');
  }

  publish(): Promise<Publication> {
    throw new Error('not recorded');
  }

  setPayloadCodec(): void {}

  getPayloadCodec(): undefined {
    return undefined;
  }

  define(): void {
    throw new Error('not recorded');
  }

  leave(): Promise<void> {
    throw new Error('not recorded');
  }

  disconnect(): Promise<void> {
    throw new Error('not recorded');
  }

  #keep(all: Set<Kept>, uri: string, handler: unknown, options: unknown): Kept {
    this.#last += 1;
    const kept = { id: this.#last, uri, handler, options, active: true };
    all.add(kept);
    return kept;
  }

  async #give(all: Set<Kept>, kept: Kept): Promise<void> {
    kept.active = false;
    all.delete(kept);
  }
}
