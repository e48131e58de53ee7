import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[INTERRUPT, INVOCATION.Request|id, Options|dict]` — the dealer asks the callee to stop an invocation. */
export interface Interrupt {
  readonly type: typeof MessageType.INTERRUPT;
  readonly request: Id;
  readonly options: Dict;
}

/** An INTERRUPT message of these parts, unchecked: what others send is read by `messageFromList`. */
export function interruptMessage(request: Id, options: Dict): Interrupt {
  return { type: MessageType.INTERRUPT, request, options };
}

const OPTIONS: fields.KeyRules = {
  mode: fields.oneOf('skip', 'kill', 'killnowait'),
  reason: fields.text,
  forward_for: fields.forwardFor,
};

export const interruptShape: MessageShape<Interrupt> = {
  type: MessageType.INTERRUPT,
  name: 'INTERRUPT',
  sentBy: 'router',
  header: [3, 3],
  payload: false,
  read: (header) =>
    interruptMessage(
      fields.id(header, 1, 'INTERRUPT', 'request'),
      fields.dict(header, 2, 'INTERRUPT', 'options', OPTIONS),
    ),
  write: (m) => [m.type, m.request, m.options],
};
