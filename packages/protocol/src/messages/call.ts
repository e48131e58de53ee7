import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[CALL, Request|id, Options|dict, Procedure|uri {, args {, kwargs}}]` */
export interface Call {
  readonly type: typeof MessageType.CALL;
  readonly request: Id;
  readonly options: Dict;
  readonly procedure: string;
  readonly payload: Payload | undefined;
}

/** A CALL message of these parts, unchecked: what others send is read by `messageFromList`. */
export function callMessage(request: Id, options: Dict, procedure: string, payload?: Payload): Call {
  return { type: MessageType.CALL, request, options, procedure, payload };
}

const OPTIONS: fields.KeyRules = {
  ...fields.passthru,
  timeout: fields.count,
  receive_progress: fields.boolean,
  progress: fields.boolean,
  disclose_me: fields.boolean,
  runmode: fields.text,
  rkey: fields.text,
  transaction_hash: fields.text,
  caller: fields.anId,
  caller_authid: fields.text,
  caller_authrole: fields.text,
  forward_for: fields.forwardFor,
};

export const callShape: MessageShape<Call> = {
  type: MessageType.CALL,
  name: 'CALL',
  sentBy: 'client',
  header: [4, 4],
  payload: true,
  read: (header, payload) => {
    const options = fields.dict(header, 2, 'CALL', 'options', OPTIONS);
    return callMessage(
      fields.id(header, 1, 'CALL', 'request'),
      options,
      fields.uri(header, 3, 'CALL', 'procedure'),
      fields.payloadWith(options, payload, callShape),
    );
  },
  write: (m) => [m.type, m.request, m.options, m.procedure],
};
