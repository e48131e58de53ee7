import type { Dict } from '@wamp-run/protocol';
import { disclosureOf } from '../disclosure.js';
import { NOTHING, RECEIVE_PROGRESS } from '../shared-details.js';
import { trustOf } from '../trust.js';
import { PLAIN } from './call-terms.js';
import type { DealerOptions } from './dealer-options.js';
import type { PendingCall } from './pending-call.js';

/** What the details of an INVOCATION depend on, besides the call. */
export interface InvocationContext {
  readonly settings: DealerOptions;
  /** Milliseconds that the callee itself gives the call; 0 where that is not its business. */
  readonly timeout: number;
}

function isDisclosed({ terms, endpoint, procedure, caller }: PendingCall, settings: DealerOptions): boolean {
  const disclosure =
    settings.disclosureOf === undefined
      ? settings.disclosure
      : disclosureOf(settings, { action: 'call', uri: procedure, peer: caller.peer });
  if (disclosure === 'asked') return terms.discloseMe || endpoint?.discloseCaller === true;
  return disclosure === 'always';
}

/** What an INVOCATION says, besides the arguments. A call that needs nothing said costs no dict. */
export function invocationDetails(call: PendingCall, context: InvocationContext): Dict {
  const { terms, progressive, open, passthru, registration } = call;
  const { settings, timeout } = context;
  const pattern = registration.match !== 'exact';
  const disclosed = isDisclosed(call, settings);
  const { trustLevel } = settings;
  const trustlevel = trustLevel && trustOf(trustLevel, { action: 'call', uri: call.procedure, peer: call.caller.peer });
  const little = !pattern && !disclosed && trustlevel === undefined;
  if (little && terms === PLAIN) return NOTHING;
  if (little && !open && timeout === 0 && passthru === undefined) return progressive ? RECEIVE_PROGRESS : NOTHING;

  const details: Dict = { ...passthru?.attributes };
  if (pattern) details.procedure = call.procedure;
  if (progressive) details.receive_progress = true;
  if (open) details.progress = true;
  if (timeout > 0) details.timeout = timeout;
  if (trustlevel !== undefined) details.trustlevel = trustlevel;
  if (disclosed) {
    const { id, identity } = call.caller.peer;
    details.caller = id;
    details.caller_authid = identity.authid;
    details.caller_authrole = identity.authrole;
  }
  return details;
}
