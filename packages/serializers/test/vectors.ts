import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  abortMessage,
  BinaryPayload,
  callMessage,
  cancelMessage,
  type Dict,
  errorMessage,
  eventMessage,
  goodbyeMessage,
  helloMessage,
  type Message,
  MessageType,
  type Payload,
  publishedMessage,
  publishMessage,
  type RequestType,
  registeredMessage,
  registerMessage,
  resultMessage,
  subscribedMessage,
  subscribeMessage,
  type Value,
  welcomeMessage,
  yieldMessage,
} from '@wamp-run/protocol';

const FOLDER = new URL('../../../../shared/wamp-vectors/', import.meta.url);

/** The attributes of a message under the names of the WAMP protocol's own test suite. */
type Attributes = { readonly [name: string]: Value };

/** A message in bytes, in every variant that a peer may send. */
export interface SerializationSample {
  readonly description: string;
  readonly message: Message;
  /** By serializer name. */
  readonly variants: { readonly [serializer: string]: readonly Uint8Array[] };
}

/** A message as a list, and what the error must name where it has to be refused. */
export interface ValidationSample {
  readonly description: string;
  readonly list: Value[];
  readonly refusedFor: string | undefined;
}

interface Variant {
  readonly bytes_hex: string;
  readonly note?: string;
}

interface Sample {
  readonly description: string;
  readonly tier: string;
  readonly expected_attributes?: Attributes;
  readonly serializers?: { readonly [serializer: string]: readonly Variant[] };
  readonly wmsg?: Value[];
  readonly expected_error?: { readonly contains: string };
}

/** Whether the samples are there: they lie beside the repository, not in it. */
export const haveVectors = existsSync(FOLDER);

function samples(): Sample[] {
  if (!haveVectors) return [];
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')).samples as Sample[])
    .filter(({ tier }) => tier === 'spec' || tier === 'autobahn');
}

export function serializationSamples(): SerializationSample[] {
  return samples().flatMap(({ description, expected_attributes, serializers }) => {
    if (expected_attributes === undefined || serializers === undefined) return [];
    const variants: { [serializer: string]: Uint8Array[] } = {};
    for (const [name, list] of Object.entries(serializers)) {
      for (const variant of list) {
        const key = serializerOf(name, variant);
        variants[key] = [...(variants[key] ?? []), hex(variant.bytes_hex)];
      }
    }
    return [{ description, message: messageOf(expected_attributes), variants }];
  });
}

/** Two formats go by the name of ubjson; the note tells which. */
function serializerOf(name: string, { note = '' }: Variant): string {
  return name === 'ubjson' && !note.startsWith('BJData') ? 'ubjson-draft12' : name;
}

export function validationSamples(): ValidationSample[] {
  return samples().flatMap(({ description, wmsg, expected_error }) =>
    wmsg === undefined ? [] : [{ description, list: wmsg, refusedFor: expected_error?.contains }],
  );
}

/** Bytes from their hexadecimal digits; white space between them is for the eye. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
}

function messageOf(attributes: Attributes): Message {
  const id = (name: string): number => attributes[name] as number;
  const text = (name: string): string => attributes[name] as string;
  const dict = (name: string): Dict => (attributes[name] ?? {}) as Dict;
  const payload = payloadOf(attributes);
  switch (attributes.message_type) {
    case MessageType.HELLO:
      return helloMessage(text('realm'), { roles: dict('roles') });
    case MessageType.WELCOME:
      return welcomeMessage(id('session_id'), { roles: dict('roles') });
    case MessageType.ABORT:
      return abortMessage(text('reason'), dict('details'), payload);
    case MessageType.GOODBYE:
      return goodbyeMessage(text('reason'), dict('details'));
    case MessageType.ERROR:
      return errorMessage(id('request_type') as RequestType, id('request_id'), text('error'), payload, dict('details'));
    case MessageType.PUBLISH:
      return publishMessage(id('request_id'), dict('options'), text('topic'), payload);
    case MessageType.PUBLISHED:
      return publishedMessage(id('request_id'), id('publication_id'));
    case MessageType.SUBSCRIBE:
      return subscribeMessage(id('request_id'), dict('options'), text('topic'));
    case MessageType.SUBSCRIBED:
      return subscribedMessage(id('request_id'), id('subscription_id'));
    case MessageType.EVENT:
      return eventMessage(id('subscription'), id('publication'), dict('details'), payload);
    case MessageType.CALL:
      return callMessage(id('request_id'), dict('options'), text('procedure'), payload);
    case MessageType.CANCEL:
      return cancelMessage(id('request_id'), dict('options'));
    case MessageType.RESULT:
      return resultMessage(id('request_id'), dict('details'), payload);
    case MessageType.REGISTER:
      return registerMessage(id('request_id'), dict('options'), text('procedure'));
    case MessageType.REGISTERED:
      return registeredMessage(id('request_id'), id('registration_id'));
    case MessageType.YIELD:
      return yieldMessage(id('request_id'), dict('options'), payload);
    default:
      throw new Error(`no sample of message type ${attributes.message_type} was expected`);
  }
}

function payloadOf({ args, kwargs, payload }: Attributes): Payload | undefined {
  if (typeof payload === 'string') return new BinaryPayload(hex(payload));
  if ((args ?? null) === null && (kwargs ?? null) === null) return undefined;
  return { args: (args ?? []) as Value[], kwargs: (kwargs ?? {}) as Dict };
}
