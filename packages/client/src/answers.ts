import {
  type Dict,
  ERROR_URIS,
  errorMessage,
  type Id,
  type Message,
  MessageType,
  PayloadExceededError,
  type PlainPayload,
  payloadOf,
  SerializationError,
  yieldMessage,
} from '@wamp-run/protocol';
import type { Failure } from './failure.js';
import type { Invocation } from './invocation.js';
import type { Link } from './link.js';
import type { PayloadCoding } from './payload-coding.js';
import type { ReportUserError } from './user-errors.js';

/** What answering needs. */
export interface AnswersOptions {
  readonly coding: PayloadCoding;
  readonly report: ReportUserError;
}

/** What goes back to callers. Where application code that ran in between has ended the session, nobody waits. */
export class Answers {
  readonly #link: Link;
  readonly #options: AnswersOptions;

  constructor(link: Link, options: AnswersOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** A result, or with `progress` a part of one. Of an encoded call it is encoded, or not sent. */
  result({ payloadForm, procedure, request }: Invocation, options: Dict, payload: PlainPayload | undefined): void {
    if (payloadForm === undefined) {
      this.#send(yieldMessage(request, options, payload));
      return;
    }
    const sealed = this.#options.coding.sealAnswer(payloadForm, procedure, payload);
    if (sealed === undefined) throw new SerializationError('the call came encoded, and no codec encodes its answer');
    this.#send(yieldMessage(request, { ...options, ...sealed.attributes }, sealed.payload));
  }

  /** What the procedure failed with. Of an encoded call its arguments are encoded, or left out. */
  error({ payloadForm, procedure, request }: Invocation, { error, payload }: Failure): void {
    if (payloadForm === undefined) {
      this.#send(errorMessage(MessageType.INVOCATION, request, error, payload));
      return;
    }
    const sealed = this.#options.coding.sealAnswer(payloadForm, error, payload);
    if (sealed === undefined && payload !== undefined) {
      const text = `the call came encoded, and no codec encodes ${error}: its arguments were left out`;
      this.#options.report(new SerializationError(text), `sending the answer of procedure ${procedure}`);
    }
    this.#send(errorMessage(MessageType.INVOCATION, request, error, sealed?.payload, sealed?.attributes));
  }

  /** A result or an error cannot be sent: the caller learns that, and where, but no value. */
  unsendable(invocation: Invocation, error: unknown): void {
    this.#options.report(error, `sending the answer of procedure ${invocation.procedure}`);
    if (error instanceof PayloadExceededError) {
      this.refuse(invocation.request, ERROR_URIS.payloadSizeExceeded, 'the answer is larger than the wire allows');
      return;
    }
    // A cause is what a getter or a toJSON of the application threw, or its codec: its words stay here.
    const told = error instanceof SerializationError && error.cause === undefined;
    const text = told ? `the answer cannot be sent: ${error.message}` : 'the answer cannot be sent';
    this.refuse(invocation.request, ERROR_URIS.invalidPayload, text);
  }

  /** This side's own words, which are nobody's secret: always in the clear. */
  refuse(request: Id, error: string, text: string): void {
    this.#send(errorMessage(MessageType.INVOCATION, request, error, payloadOf([text], {})));
  }

  #send(message: Message): void {
    if (this.#link.state === 'established') this.#link.send(message);
  }
}
