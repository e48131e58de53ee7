import { type Id, type Message, MessageType } from '@wamp-run/protocol';
import type { RecordedEvent } from './recorded-event.js';

/** What a session has at the router. */
export interface Held {
  /** As it stands at the router: named parts are empty. */
  readonly uri: string;
  /** `exact`, `prefix` or `wildcard`. */
  readonly match: string;
}

interface Request {
  readonly message: Message;
  readonly uri: string;
  readonly event?: RecordedEvent;
}

/**
 * What one session has asked of the router and been given, read off its messages: which URI a message is about, which
 * registrations and subscriptions there are, and what is not answered yet.
 */
export class Ledger {
  readonly registrations = new Map<Id, Held>();
  readonly subscriptions = new Map<Id, Held>();
  readonly #requests = new Map<Id, Request>();
  readonly #invocations = new Map<Id, string>();

  /** The procedures of calls that are not answered. */
  get pendingCalls(): string[] {
    return [...this.#requests.values()]
      .filter(({ message }) => message.type === MessageType.CALL)
      .map(({ uri }) => uri);
  }

  /** The URI that a message from the client is about. */
  uriFromClient(message: Message): string | undefined {
    switch (message.type) {
      case MessageType.REGISTER:
      case MessageType.CALL:
        return message.procedure;
      case MessageType.SUBSCRIBE:
      case MessageType.PUBLISH:
        return message.topic;
      case MessageType.UNREGISTER:
        return this.registrations.get(message.registration)?.uri;
      case MessageType.UNSUBSCRIBE:
        return this.subscriptions.get(message.subscription)?.uri;
      case MessageType.CANCEL:
        return this.#requests.get(message.request)?.uri;
      case MessageType.YIELD:
      case MessageType.ERROR:
        return this.#invocations.get(message.request);
      default:
        return undefined;
    }
  }

  /** A message from the client has reached the router. */
  fromClient(message: Message, event?: RecordedEvent): void {
    switch (message.type) {
      case MessageType.REGISTER:
      case MessageType.SUBSCRIBE:
      case MessageType.CALL:
      case MessageType.UNREGISTER:
      case MessageType.UNSUBSCRIBE:
        this.#requests.set(message.request, { message, uri: this.uriFromClient(message) ?? '' });
        break;
      case MessageType.PUBLISH:
        if (message.options.acknowledge !== true || event === undefined) break;
        this.#requests.set(message.request, { message, uri: message.topic, event });
        break;
      case MessageType.YIELD:
        if (message.options.progress !== true) this.#invocations.delete(message.request);
        break;
      case MessageType.ERROR:
        this.#invocations.delete(message.request);
        break;
      case MessageType.GOODBYE:
      case MessageType.ABORT:
        this.clear();
        break;
      default:
    }
  }

  /** The router has sent a message. Returns the URI that it is about. */
  fromRouter(message: Message): string | undefined {
    switch (message.type) {
      case MessageType.REGISTERED:
        return this.#confirmed(message.request, message.registration, this.registrations);
      case MessageType.SUBSCRIBED:
        return this.#confirmed(message.request, message.subscription, this.subscriptions);
      case MessageType.UNREGISTERED:
        return this.#ended(message, 'registration', this.registrations);
      case MessageType.UNSUBSCRIBED:
        return this.#ended(message, 'subscription', this.subscriptions);
      case MessageType.PUBLISHED:
        return this.#take(message.request)?.uri;
      case MessageType.RESULT:
        return (message.details.progress === true ? this.#requests.get(message.request) : this.#take(message.request))
          ?.uri;
      case MessageType.ERROR: {
        const request = this.#take(message.request);
        if (request?.event !== undefined) request.event.refused = message.error;
        return request?.uri;
      }
      case MessageType.INVOCATION: {
        const uri = text(message.details.procedure) ?? this.registrations.get(message.registration)?.uri;
        if (uri !== undefined) this.#invocations.set(message.request, uri);
        return uri;
      }
      case MessageType.INTERRUPT:
        return this.#invocations.get(message.request);
      case MessageType.EVENT:
        return text(message.details.topic) ?? this.subscriptions.get(message.subscription)?.uri;
      case MessageType.GOODBYE:
      case MessageType.ABORT:
        this.clear();
        return undefined;
      default:
        return undefined;
    }
  }

  /** The session is over, for the router. */
  clear(): void {
    this.registrations.clear();
    this.subscriptions.clear();
    this.#requests.clear();
    this.#invocations.clear();
  }

  #take(request: Id): Request | undefined {
    const found = this.#requests.get(request);
    this.#requests.delete(request);
    return found;
  }

  #confirmed(request: Id, id: Id, into: Map<Id, Held>): string | undefined {
    const asked = this.#take(request);
    if (asked?.message.type !== MessageType.REGISTER && asked?.message.type !== MessageType.SUBSCRIBE) return undefined;
    into.set(id, { uri: asked.uri, match: text(asked.message.options.match) ?? 'exact' });
    return asked.uri;
  }

  #ended(
    message: Extract<Message, { type: typeof MessageType.UNREGISTERED | typeof MessageType.UNSUBSCRIBED }>,
    key: 'registration' | 'subscription',
    from: Map<Id, Held>,
  ): string | undefined {
    const asked = this.#take(message.request)?.message;
    let id: unknown = message.details?.[key];
    if (asked?.type === MessageType.UNREGISTER) id = asked.registration;
    if (asked?.type === MessageType.UNSUBSCRIBE) id = asked.subscription;
    const uri = from.get(id as Id)?.uri;
    from.delete(id as Id);
    return uri;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
