import { type ApplicationError, CLOSE_REASONS, ERROR_URIS, type Id } from '@wamp-run/protocol';
import type { Session } from '../session.js';
import {
  failure,
  idAt,
  type MetaCall,
  type MetaProcedure,
  type MetaProcedures,
  optionalReason,
  optionalText,
  optionalTextsAt,
  textAt,
} from './meta-call.js';
import { sessionDetails } from './meta-events.js';

/** The joined sessions of a realm. */
export type Sessions = ReadonlyMap<Id, Session>;

/** `wamp.session.…`: what may be asked of the sessions of a realm. */
export function sessionProcedures(sessions: Sessions): MetaProcedures {
  const listed = (call: MetaCall): Session[] => {
    const roles = optionalTextsAt(call, 0, 'filter_authroles');
    const all = [...sessions.values()];
    return roles === undefined ? all : all.filter(({ identity }) => roles.includes(identity.authrole));
  };
  return new Map<string, MetaProcedure>([
    ['wamp.session.count', (call) => [listed(call).length]],
    ['wamp.session.list', (call) => [listed(call).map(({ id }) => id)]],
    ['wamp.session.get', (call) => [sessionDetails(sessionAt(call, sessions))]],
  ]);
}

/**
 * `wamp.session.kill…`: how a session ends others. Never itself.
 *
 * @param silently does something of which nobody is told
 */
export function killProcedures(sessions: Sessions, silently: (run: () => void) => void): MetaProcedures {
  const others = (call: MetaCall, which: (session: Session) => boolean) =>
    [...sessions.values()].filter((session) => session !== call.caller && which(session));
  return new Map<string, MetaProcedure>([
    [
      'wamp.session.kill',
      (call) => {
        const end = endingOf(call);
        const session = sessionAt(call, sessions);
        if (session === call.caller) throw noSuchSession(session.id);
        end([session]);
        return [];
      },
    ],
    [
      'wamp.session.kill_by_authid',
      (call) => {
        const end = endingOf(call);
        const wanted = textAt(call, 0, 'authid');
        return [end(others(call, ({ identity }) => identity.authid === wanted))];
      },
    ],
    [
      'wamp.session.kill_by_authrole',
      (call) => {
        const end = endingOf(call);
        const wanted = textAt(call, 0, 'authrole');
        return [end(others(call, ({ identity }) => identity.authrole === wanted)).length];
      },
    ],
    [
      'wamp.session.kill_all',
      (call) => {
        const end = endingOf(call);
        const all = others(call, () => true);
        // As the specification has it: of this nobody is told, and no testament is published.
        for (const { testaments } of all) testaments.clear();
        silently(() => end(all));
        return [all.length];
      },
    ],
  ]);
}

/** Ends sessions with the reason and the message of a call, and returns their ids. */
function endingOf(call: MetaCall): (sessions: readonly Session[]) => Id[] {
  const reason = optionalReason(call) ?? CLOSE_REASONS.killed;
  const message = optionalText(call, 'message');
  return (sessions) => {
    for (const session of sessions) session.dismiss(reason, message);
    return sessions.map(({ id }) => id);
  };
}

function sessionAt(call: MetaCall, sessions: Sessions): Session {
  const id = idAt(call, 0, 'session');
  const session = sessions.get(id);
  if (session === undefined) throw noSuchSession(id);
  return session;
}

function noSuchSession(id: Id): ApplicationError {
  return failure(ERROR_URIS.noSuchSession, `session: there is none with the id ${id} here that could be meant`);
}
