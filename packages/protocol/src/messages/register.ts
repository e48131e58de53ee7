import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[REGISTER, Request|id, Options|dict, Procedure|uri]` */
export interface Register {
  readonly type: typeof MessageType.REGISTER;
  readonly request: Id;
  readonly options: Dict;
  readonly procedure: string;
}

/** A REGISTER message of these parts, unchecked: what others send is read by `messageFromList`. */
export function registerMessage(request: Id, options: Dict, procedure: string): Register {
  return { type: MessageType.REGISTER, request, options, procedure };
}

const OPTIONS: fields.KeyRules = {
  match: fields.match,
  invoke: fields.text,
  concurrency: fields.positive,
  force_reregister: fields.boolean,
  disclose_caller: fields.boolean,
  forward_timeout: fields.boolean,
  forward_for: fields.forwardFor,
};

export const registerShape: MessageShape<Register> = {
  type: MessageType.REGISTER,
  name: 'REGISTER',
  sentBy: 'client',
  header: [4, 4],
  payload: false,
  read: (header) =>
    registerMessage(
      fields.id(header, 1, 'REGISTER', 'request'),
      fields.dict(header, 2, 'REGISTER', 'options', OPTIONS),
      fields.uri(header, 3, 'REGISTER', 'procedure'),
    ),
  write: (m) => [m.type, m.request, m.options, m.procedure],
};
