import { type Dict, ERROR_URIS, type LoginContext, ProtocolError } from '@wamp-run/protocol';

/** What a client's half throws where it does not answer a challenge: there is no use in trying again. */
export function refusedChallenge(method: string, why: string): ProtocolError {
  return new ProtocolError(`${method}: ${why}`, { reason: ERROR_URIS.cannotAuthenticate, executed: 'no' });
}

/** Why WELCOME is refused, where it lets in another than who asked; undefined where it does not. */
export function changedAuthid(details: Dict, { authid }: LoginContext): string | undefined {
  if (authid === undefined || details.authid === authid) return undefined;
  return 'the router let the session in under another authid than the one that asked';
}
