import {
  callMessage,
  cancelMessage,
  type Dict,
  decoded,
  type ErrorMessage,
  type Event,
  errorMessage,
  goodbyeMessage,
  helloMessage,
  type Id,
  type Invocation,
  type Message,
  MessageType,
  nameOf,
  payloadIn,
  payloadOf,
  publishMessage,
  type Result,
  registerMessage,
  subscribeMessage,
  type Transport,
  unregisterMessage,
  unsubscribeMessage,
  type Value,
  yieldMessage,
} from '@wamp-run/protocol';
import { check } from './checks.js';

interface Waiting {
  resolve(message: Message): void;
  reject(error: Error): void;
}

/** A client that says what a rule tells it to, and takes what it hears one message after the other. */
export class ConformanceClient {
  /** The session id, once it has joined. */
  session: Id = 0;
  /** WELCOME.Details, once it has joined. */
  details: Dict = {};
  readonly #transport: Transport;
  readonly #heard: Message[] = [];
  #waiting: Waiting | undefined;
  #closed: string | undefined;
  #requests = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.start({
      message: (message) => {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        if (waiting === undefined) this.#heard.push(message);
        else waiting.resolve(message);
      },
      closed: ({ reason }) => {
        this.#closed = reason;
        this.#waiting?.reject(new Error(`the connection ended: ${reason}`));
        this.#waiting = undefined;
      },
    });
  }

  async join(realm: string, roles: Dict): Promise<void> {
    this.say(helloMessage(realm, { roles }));
    const welcome = await this.expect(MessageType.WELCOME);
    this.session = welcome.session;
    this.details = welcome.details;
  }

  say(message: Message): void {
    this.#transport.send(message);
  }

  /** The connection breaks, or is closed: without GOODBYE in any case. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /** The next message. Rejects where the connection ends instead. */
  next(): Promise<Message> {
    const message = this.#heard.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#closed !== undefined) return Promise.reject(new Error(`the connection ended: ${this.#closed}`));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** The next message, which must be of this type. */
  async expect<T extends Message['type']>(type: T): Promise<Extract<Message, { type: T }>> {
    const message = await this.next();
    check(message.type === type, `expected message ${type}, heard ${nameOf(message)} ${detailOf(message)}`);
    return message as Extract<Message, { type: T }>;
  }

  /** Nothing is on its way to this client: the answer to a call of what nobody has is the next that it hears. */
  async hearsNothing(): Promise<void> {
    const request = this.call('wamp-run.conformance.nobody.has.this');
    const { request: answered } = await this.expect(MessageType.ERROR);
    check(answered === request, 'an ERROR that was not asked for');
  }

  /** The id for the next request. */
  request(): Id {
    this.#requests += 1;
    return this.#requests;
  }

  async subscribe(topic: string, options: Dict = {}): Promise<Id> {
    this.say(subscribeMessage(this.request(), options, topic));
    return (await this.expect(MessageType.SUBSCRIBED)).subscription;
  }

  async unsubscribe(subscription: Id): Promise<void> {
    this.say(unsubscribeMessage(this.request(), subscription));
    await this.expect(MessageType.UNSUBSCRIBED);
  }

  async register(procedure: string, options: Dict = {}): Promise<Id> {
    this.say(registerMessage(this.request(), options, procedure));
    return (await this.expect(MessageType.REGISTERED)).registration;
  }

  async unregister(registration: Id): Promise<void> {
    this.say(unregisterMessage(this.request(), registration));
    await this.expect(MessageType.UNREGISTERED);
  }

  publish(topic: string, args: Value[] = [], options: Dict = {}): Id {
    const request = this.request();
    this.say(publishMessage(request, options, topic, payloadOf(args, {})));
    return request;
  }

  async acknowledged(topic: string, args: Value[] = [], options: Dict = {}): Promise<Id> {
    this.publish(topic, args, { acknowledge: true, ...options });
    return (await this.expect(MessageType.PUBLISHED)).publication;
  }

  call(procedure: string, args: Value[] = [], options: Dict = {}, kwargs: Dict = {}): Id {
    const request = this.request();
    this.say(callMessage(request, options, procedure, payloadOf(args, kwargs)));
    return request;
  }

  /** Calls, and gives back the arguments of the RESULT. */
  async ask(procedure: string, args: Value[] = [], kwargs: Dict = {}): Promise<Value[]> {
    this.call(procedure, args, {}, kwargs);
    return argsOf(await this.result());
  }

  /** Calls, and gives back the URI of the ERROR. */
  async refused(procedure: string, args: Value[] = [], kwargs: Dict = {}): Promise<string> {
    this.call(procedure, args, {}, kwargs);
    return (await this.error()).error;
  }

  cancel(request: Id, options: Dict): void {
    this.say(cancelMessage(request, options));
  }

  yield(invocation: Id, args: Value[] = [], options: Dict = {}): void {
    this.say(yieldMessage(invocation, options, payloadOf(args, {})));
  }

  fail(invocation: Id, error: string, args: Value[] = [], kwargs: Dict = {}): void {
    this.say(errorMessage(MessageType.INVOCATION, invocation, error, payloadOf(args, kwargs)));
  }

  invocation(): Promise<Invocation> {
    return this.expect(MessageType.INVOCATION);
  }

  event(): Promise<Event> {
    return this.expect(MessageType.EVENT);
  }

  result(): Promise<Result> {
    return this.expect(MessageType.RESULT);
  }

  error(): Promise<ErrorMessage> {
    return this.expect(MessageType.ERROR);
  }

  /** Says GOODBYE and waits for the answer. */
  async leave(): Promise<void> {
    this.say(goodbyeMessage('wamp.close.normal'));
    await this.expect(MessageType.GOODBYE);
  }

  /** The session ends with ABORT; gives back the reason. */
  async aborted(): Promise<string> {
    return (await this.expect(MessageType.ABORT)).reason;
  }
}

/** The arguments in a message. */
export function argsOf(message: Message): Value[] {
  return decoded(payloadIn(message)).args;
}

/** What an ERROR or ABORT says, for the text of a failure. */
function detailOf(message: Message): string {
  if (message.type === MessageType.ERROR) return `${message.error} ${JSON.stringify(argsOf(message))}`;
  return message.type === MessageType.ABORT ? `${message.reason} ${JSON.stringify(message.details)}` : '';
}
