import { type Dict, ERROR_URIS, type LoginAccepted, type LoginDenied } from '@wamp-run/protocol';
import type { Principal } from './principals.js';

/** Wrong proof, or no such principal: one answer for both. */
export const DENIED: LoginDenied = {
  outcome: 'deny',
  reason: ERROR_URIS.authenticationDenied,
  message: 'the login was refused',
};

/** The answer came too late, or it is not the first to this challenge. */
export const STALE: LoginDenied = {
  outcome: 'deny',
  reason: ERROR_URIS.authenticationDenied,
  message: 'the challenge is no longer open: it can be answered once, and within its time',
};

/** HELLO lacks what the method needs. Says nothing of any principal. */
export function incomplete(message: string): LoginDenied {
  return { outcome: 'deny', reason: ERROR_URIS.authenticationFailed, message };
}

/** The client is who it says. */
export function accepted(principal: Principal, provider: string, authextra?: Dict): LoginAccepted {
  const { authid, authrole, realm, authprovider = provider } = principal;
  const extra = { ...principal.authextra, ...authextra };
  const accept = { outcome: 'accept', authid, authrole, authprovider, realm } as const;
  return Object.keys(extra).length === 0 ? accept : { ...accept, authextra: extra };
}
