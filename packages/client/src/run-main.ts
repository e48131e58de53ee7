import { WampError } from '@wamp-run/protocol';
import type { JoinedSession } from './joined-session.js';
import type { Session } from './session.js';
import type { ReportUserError } from './user-errors.js';

/** What running `main` needs. */
export interface MainOptions {
  readonly main: (session: Session, signal: AbortSignal) => unknown;
  /** What it is given. */
  readonly session: Session;
  readonly report: ReportUserError;
  /** It threw while its session stood. */
  failed(thrown: unknown): void;
}

/** Runs `main` on a joined session, and leaves when it has finished, however. What it returns tells it to stop. */
export function runMain(joined: JoinedSession, options: MainOptions): () => void {
  const over = new AbortController();
  void joined.ended.then(({ error }) => over.abort(error));
  void (async () => {
    try {
      await options.main(options.session, over.signal);
    } catch (thrown) {
      const ended = joined.details === undefined;
      // What it waited for has rejected with the session's end: no fault of its own.
      if (ended && (thrown instanceof WampError || thrown === over.signal.reason)) return;
      options.report(thrown, 'main');
      if (!ended) options.failed(thrown);
    }
    if (joined.details !== undefined) void joined.leave();
  })();
  return () => over.abort();
}
