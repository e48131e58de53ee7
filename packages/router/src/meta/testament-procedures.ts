import { type Dict, ERROR_URIS, MessageType, ProtocolError, shapeOf } from '@wamp-run/protocol';
import { sizeOf, sizeOfValue } from '../kept-payload.js';
import { passthruOf } from '../passthru.js';
import type { Peer } from '../peer.js';
import type { Refusal } from '../refuse.js';
import type { RouterLimits } from '../router-limits.js';
import { SCOPES, type Scope } from '../testaments.js';
import {
  failure,
  invalid,
  type MetaCall,
  type MetaProcedure,
  type MetaProcedures,
  optionalDict,
  optionalText,
  textAt,
} from './meta-call.js';

/** Why a session may not publish this; undefined where it may. */
export type RefusedPublication = (publisher: Peer, topic: string, options: Dict) => Refusal | undefined;

/** `wamp.session.add_testament` and `flush_testaments`: what a session leaves to be published at its end. */
export function testamentProcedures(limits: RouterLimits, refused: RefusedPublication): MetaProcedures {
  return new Map<string, MetaProcedure>([
    [
      'wamp.session.add_testament',
      (call) => {
        const topic = textAt(call, 0, 'topic');
        const args = call.args[1] ?? [];
        if (!Array.isArray(args)) throw invalid('args[1] args', 'a list');
        const payload = { args, kwargs: optionalDict(call.args[2], 'args[2] kwargs') };
        const options = publishOptions(call, topic);
        const scope = scopeOf(call);
        const refusal = refused(call.caller, topic, options);
        if (refusal !== undefined) throw failure(refusal.error, refusal.text);
        const bytes = sizeOf(payload) + sizeOfValue(options) + sizeOfValue(topic);
        const { testaments } = call.caller;
        const most = testaments.size >= limits.testaments;
        if (most || testaments.bytes + bytes > limits.testamentBytes) {
          const text = 'this session may not have more testaments (testaments, testamentBytes)';
          throw failure(ERROR_URIS.limitExceeded, text);
        }
        testaments.add(scope, { topic, options, payload, bytes });
        return [];
      },
    ],
    [
      'wamp.session.flush_testaments',
      (call) => {
        call.caller.testaments.take(scopeOf(call));
        return [];
      },
    ],
  ]);
}

function scopeOf(call: MetaCall): Scope {
  const scope = optionalText(call, 'scope') ?? 'destroyed';
  if ((SCOPES as readonly string[]).includes(scope)) return scope as Scope;
  throw invalid('scope', `one of ${SCOPES.join(', ')}`);
}

/** The options of the PUBLISH to come, held to what holds for any PUBLISH. */
function publishOptions(call: MetaCall, topic: string): Dict {
  const options = optionalDict(call.kwargs.publish_options, 'publish_options');
  try {
    shapeOf(MessageType.PUBLISH).read([MessageType.PUBLISH, 1, options, topic], undefined);
    passthruOf({ type: MessageType.PUBLISH, options, payload: undefined }, call.caller);
    return options;
  } catch (error) {
    if (error instanceof ProtocolError) throw failure(ERROR_URIS.invalidArgument, error.message);
    throw error;
  }
}
