import {
  ApplicationError,
  type Call,
  decoded,
  ERROR_URIS,
  errorMessage,
  resultMessage,
  SerializationError,
} from '@wamp-run/protocol';
import { type Refusal, refuse, uncarried } from '../refuse.js';
import type { Session } from '../session.js';
import { NOTHING } from '../shared-details.js';
import type { MetaProcedure, MetaProcedures } from './meta-call.js';

/**
 * The procedures that the router itself has in a realm. They are no registrations: they answer at once, and are the one
 * place where a router reads arguments.
 */
export class MetaApi {
  readonly #procedures: ReadonlyMap<string, MetaProcedure>;

  constructor(parts: readonly MetaProcedures[]) {
    this.#procedures = new Map(parts.flatMap((part) => [...part]));
  }

  /** Answers a call of one of these procedures. `false`: it is none of them. */
  call(message: Call, caller: Session): boolean {
    const procedure = this.#procedures.get(message.procedure);
    if (procedure === undefined) return false;
    try {
      const { args, kwargs } = decoded(message.payload);
      const payload = { args: procedure({ caller, args, kwargs }), kwargs: {} };
      const failure = caller.send(resultMessage(message.request, NOTHING, payload));
      if (failure !== undefined) refuse(caller, message, uncarried('result', failure));
    } catch (error) {
      if (error instanceof ApplicationError) {
        const payload = { args: [...error.args], kwargs: error.kwargs };
        caller.tell(errorMessage(message.type, message.request, error.error, payload));
      } else {
        refuse(caller, message, refusalOf(error, message, caller));
      }
    }
    return true;
  }
}

function refusalOf(error: unknown, { procedure }: Call, caller: Session): Refusal {
  if (error instanceof SerializationError) return { error: ERROR_URIS.invalidArgument, text: error.message };
  caller.log.error({ err: error, procedure }, 'a procedure of the router itself failed');
  return { error: ERROR_URIS.runtimeError, text: `${procedure} failed inside the router` };
}
