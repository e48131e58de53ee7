import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/**
 * What becomes of the callee's work: `skip` leaves it alone, `kill` interrupts it and waits for its answer,
 * `killnowait` interrupts it and answers the caller at once.
 */
export type CancelMode = 'skip' | 'kill' | 'killnowait';

/** `[CANCEL, CALL.Request|id, Options|dict]` — the caller no longer wants the result. */
export interface Cancel {
  readonly type: typeof MessageType.CANCEL;
  readonly request: Id;
  readonly options: Dict;
}

/** A CANCEL message of these parts, unchecked: what others send is read by `messageFromList`. */
export function cancelMessage(request: Id, options: Dict): Cancel {
  return { type: MessageType.CANCEL, request, options };
}

const OPTIONS: fields.KeyRules = {
  mode: fields.oneOf('skip', 'kill', 'killnowait'),
  forward_for: fields.forwardFor,
};

export const cancelShape: MessageShape<Cancel> = {
  type: MessageType.CANCEL,
  name: 'CANCEL',
  sentBy: 'client',
  header: [3, 3],
  payload: false,
  read: (header) =>
    cancelMessage(fields.id(header, 1, 'CANCEL', 'request'), fields.dict(header, 2, 'CANCEL', 'options', OPTIONS)),
  write: (m) => [m.type, m.request, m.options],
};
