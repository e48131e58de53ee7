import { ApplicationError, ERROR_URIS, matches, uriPattern } from '@wamp-run/protocol';

/** A procedure as a component offers it. */
interface Offered {
  readonly uri: string;
  readonly options?: { readonly match?: 'exact' | 'prefix' | 'wildcard' | undefined };
}

/** Runs `onJoin`. Rejects with what it throws, explained where it called its own component too early. */
export async function explaining(onJoin: () => unknown, procedures: readonly Offered[]): Promise<void> {
  try {
    await onJoin();
  } catch (error) {
    throw explained(error, procedures);
  }
}

/**
 * What `onJoin` failed with; where that is a call of what the component itself is about to register, it says so. The same
 * error URI, and the error that came as its cause.
 */
function explained(error: unknown, procedures: readonly Offered[]): unknown {
  if (!(error instanceof ApplicationError) || error.error !== ERROR_URIS.noSuchProcedure) return error;
  const { procedure } = error.details;
  if (procedure === undefined || !procedures.some((offered) => isMeant(offered, procedure))) return error;
  const text = `onJoin called ${procedure}, which this component offers itself: its procedures are registered after onJoin has finished. Call it in onReady, or call the method`;
  const { details, executed, retryable } = error;
  return new ApplicationError(error.error, [text], { cause: error, details, executed, retryable });
}

function isMeant({ uri, options }: Offered, procedure: string): boolean {
  if (uri.includes('<')) return uriPattern(uri).values(procedure) !== undefined;
  return matches(procedure, uri, options?.match ?? 'exact');
}
