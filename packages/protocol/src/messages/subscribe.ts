import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[SUBSCRIBE, Request|id, Options|dict, Topic|uri]` */
export interface Subscribe {
  readonly type: typeof MessageType.SUBSCRIBE;
  readonly request: Id;
  readonly options: Dict;
  readonly topic: string;
}

/** A SUBSCRIBE message of these parts, unchecked: what others send is read by `messageFromList`. */
export function subscribeMessage(request: Id, options: Dict, topic: string): Subscribe {
  return { type: MessageType.SUBSCRIBE, request, options, topic };
}

const OPTIONS: fields.KeyRules = {
  match: fields.match,
  get_retained: fields.boolean,
  forward_for: fields.forwardFor,
};

export const subscribeShape: MessageShape<Subscribe> = {
  type: MessageType.SUBSCRIBE,
  name: 'SUBSCRIBE',
  sentBy: 'client',
  header: [4, 4],
  payload: false,
  read: (header) =>
    subscribeMessage(
      fields.id(header, 1, 'SUBSCRIBE', 'request'),
      fields.dict(header, 2, 'SUBSCRIBE', 'options', OPTIONS),
      fields.uri(header, 3, 'SUBSCRIBE', 'topic'),
    ),
  write: (m) => [m.type, m.request, m.options, m.topic],
};
