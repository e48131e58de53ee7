import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[PUBLISH, Request|id, Options|dict, Topic|uri {, args {, kwargs}}]` */
export interface Publish {
  readonly type: typeof MessageType.PUBLISH;
  readonly request: Id;
  readonly options: Dict;
  readonly topic: string;
  readonly payload: Payload | undefined;
}

/** A PUBLISH message of these parts, unchecked: what others send is read by `messageFromList`. */
export function publishMessage(request: Id, options: Dict, topic: string, payload?: Payload): Publish {
  return { type: MessageType.PUBLISH, request, options, topic, payload };
}

const OPTIONS: fields.KeyRules = {
  ...fields.passthru,
  acknowledge: fields.boolean,
  exclude_me: fields.boolean,
  disclose_me: fields.boolean,
  exclude: fields.ids,
  exclude_authid: fields.texts,
  exclude_authrole: fields.texts,
  eligible: fields.ids,
  eligible_authid: fields.texts,
  eligible_authrole: fields.texts,
  retain: fields.boolean,
  transaction_hash: fields.text,
  forward_for: fields.forwardFor,
};

export const publishShape: MessageShape<Publish> = {
  type: MessageType.PUBLISH,
  name: 'PUBLISH',
  sentBy: 'client',
  header: [4, 4],
  payload: true,
  read: (header, payload) => {
    const options = fields.dict(header, 2, 'PUBLISH', 'options', OPTIONS);
    return publishMessage(
      fields.id(header, 1, 'PUBLISH', 'request'),
      options,
      fields.uri(header, 3, 'PUBLISH', 'topic'),
      fields.payloadWith(options, payload, publishShape),
    );
  },
  write: (m) => [m.type, m.request, m.options, m.topic],
};
