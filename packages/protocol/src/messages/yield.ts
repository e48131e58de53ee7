import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[YIELD, INVOCATION.Request|id, Options|dict {, args {, kwargs}}]` — a callee's result; with `progress`, more will follow. */
export interface Yield {
  readonly type: typeof MessageType.YIELD;
  readonly request: Id;
  readonly options: Dict;
  readonly payload: Payload | undefined;
}

/** A YIELD message of these parts, unchecked: what others send is read by `messageFromList`. */
export function yieldMessage(request: Id, options: Dict, payload?: Payload): Yield {
  return { type: MessageType.YIELD, request, options, payload };
}

const OPTIONS: fields.KeyRules = {
  ...fields.passthru,
  progress: fields.boolean,
  callee: fields.anId,
  callee_authid: fields.text,
  callee_authrole: fields.text,
  forward_for: fields.forwardFor,
};

export const yieldShape: MessageShape<Yield> = {
  type: MessageType.YIELD,
  name: 'YIELD',
  sentBy: 'client',
  header: [3, 3],
  payload: true,
  read: (header, payload) => {
    const options = fields.dict(header, 2, 'YIELD', 'options', OPTIONS);
    return yieldMessage(
      fields.id(header, 1, 'YIELD', 'request'),
      options,
      fields.payloadWith(options, payload, yieldShape),
    );
  },
  write: (m) => [m.type, m.request, m.options],
};
