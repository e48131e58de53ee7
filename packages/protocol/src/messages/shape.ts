import type { Payload } from '../payload.js';
import type { Value } from '../value.js';
import type { Header } from './fields.js';
import type { MessageCode, MessageName } from './types.js';

/** Who may send a message. */
export type Sender = 'client' | 'router' | 'both';

/** All that is to know of one message: how it lies on the wire, who sends it, how it is read and written. */
export interface MessageShape<M> {
  readonly type: MessageCode;
  readonly name: MessageName;
  readonly sentBy: Sender;
  /** How many items its header has, the code included: the least and the most. */
  readonly header: readonly [least: number, most: number];
  /** Whether args and kwargs may follow. */
  readonly payload: boolean;
  /** Reads a header of a length that fits. Throws a ProtocolError that names the item. */
  read(header: Header, payload: Payload | undefined): M;
  /** The header's items. */
  write(message: M): Value[];
}
