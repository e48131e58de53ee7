import {
  type Dict,
  type Id,
  invocationMessage,
  MessageType,
  type Payload,
  registeredMessage,
} from '@wamp-run/protocol';
import type { JoinOptions, Procedure, Registration } from '../src/index.js';
import { type Joined, joined } from './scripted.js';

/** A session that offers one procedure, and the router's way to call it. */
export interface Offered extends Joined {
  readonly registration: Registration;
  /** Sends INVOCATION. */
  invoke(payload?: Payload, details?: Dict, request?: Id): void;
}

export const REGISTRATION = 200;

export async function offered(
  handler: Procedure,
  options: Partial<JoinOptions> & { details?: Dict; most?: number } = {},
): Promise<Offered> {
  const one = await joined(options);
  const registering = one.session.register('com.p', handler);
  const { request } = await one.peer.expect(MessageType.REGISTER);
  one.peer.say(registeredMessage(request, REGISTRATION));
  const registration = await registering;
  let last = 0;
  return {
    ...one,
    registration,
    invoke: (payload, details = {}, id = ++last) => {
      one.peer.say(invocationMessage(id, REGISTRATION, details, payload));
    },
  };
}
