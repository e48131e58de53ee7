import {
  ApplicationError,
  checkOptionNames,
  type Dict,
  ERROR_URIS,
  InvalidConfiguration,
  isDict,
  type LoginAccepted,
  type LoginDenied,
  type LoginProof,
  type LoginRequest,
  type PlainPayload,
  type RouterAuthenticator,
  type UriRule,
  type Value,
} from '@wamp-run/protocol';
import { checkConfiguredUri } from '../configured-uri.js';
import { checkTimeout } from '../timeout.js';

/**
 * A procedure that decides who may join a realm.
 *
 * @example
 * const shop: RealmOptions = { name: 'shop', authenticator: { procedure: 'com.auth.login', realm: 'backstage' } };
 * // … and in a session of the realm backstage:
 * await session.register('com.auth.login', async ([realm, authid, details]) =>
 *   (await isRight(authid, details.ticket)) ? { authrole: 'customer' } : null,
 * );
 */
export interface AuthenticatorProcedure {
  /**
   * Its URI. It is called with the realm, the authid and a dict: `authmethod`, `session` (the id that the session will
   * have), `authrole` (what HELLO asks for), `authextra`, `transport` (`wire`, `peer`, `secure`, `fingerprint` of the
   * client's certificate), and with the method ticket `ticket`.
   *
   * It answers with a principal: `authrole`, and where they differ from what was asked `authid`, `realm`; `authprovider`
   * (default `dynamic`) and `authextra` for WELCOME. Nothing (null), and the errors `wamp.error.authentication_denied`,
   * `wamp.error.no_such_principal` and `wamp.error.not_authorized`, deny the login. Any other error, and no answer in
   * time, refuse it with `wamp.error.authentication_failed`.
   */
  readonly procedure: string;
  /** The realm in which it is registered. Default: the realm that it decides on. */
  readonly realm?: string;
  /**
   * The methods that it takes. `ticket`: the client is asked for its ticket first. `anonymous`: the client shows nothing.
   * Default `['ticket']`.
   */
  readonly methods?: readonly ('ticket' | 'anonymous')[];
  /** Milliseconds within which it answers. Default 5 000. */
  readonly timeout?: number;
}

/** The same with its defaults, checked. */
export type AuthenticatorProcedureSettings = Required<AuthenticatorProcedure>;

/** Calls a procedure in the name of the router. */
export type Ask = (
  realm: string,
  call: { readonly procedure: string; readonly args: Value[]; readonly timeout: number },
) => Promise<PlainPayload>;

const METHODS: readonly string[] = ['ticket', 'anonymous'];

/** Fills in the defaults. Throws InvalidConfiguration, naming the option. */
export function settleAuthenticatorProcedure(
  options: AuthenticatorProcedure,
  place: string,
  context: { readonly realm: string; readonly rule: UriRule },
): AuthenticatorProcedureSettings {
  checkOptionNames(options, { procedure: true, realm: true, methods: true, timeout: true }, place, '.');
  const { procedure, realm = context.realm, methods = ['ticket'], timeout = 5_000 } = options;
  checkConfiguredUri(procedure, `${place}.procedure`, 'exact', context.rule);
  checkConfiguredUri(realm, `${place}.realm`, 'exact', context.rule);
  checkTimeout(`${place}.timeout`, timeout, 1);
  if (!Array.isArray(methods) || methods.length === 0 || methods.some((method) => !METHODS.includes(method))) {
    throw new InvalidConfiguration(`${place}.methods: expected a list of ${METHODS.join(' and ')}`);
  }
  return { procedure, realm, methods, timeout };
}

/** An authenticator for each method of the procedure. */
export function procedureAuthenticators(settings: AuthenticatorProcedureSettings, ask: Ask): RouterAuthenticator[] {
  return [...new Set(settings.methods)].map((method) => ({
    method,
    begin: (request) => {
      const decide = (ticket?: string) => decided(request, { method, ticket, settings, ask });
      if (method === 'anonymous') return { onHello: () => decide() };
      return {
        onHello: () =>
          request.authid === undefined
            ? {
                outcome: 'deny',
                reason: ERROR_URIS.authenticationFailed,
                message: 'HELLO details.authid: none is given',
              }
            : { outcome: 'challenge', extra: {} },
        onAuthenticate: ({ signature }: LoginProof) => decide(signature),
      };
    },
  }));
}

interface Decision {
  readonly method: string;
  readonly ticket: string | undefined;
  readonly settings: AuthenticatorProcedureSettings;
  readonly ask: Ask;
}

const DENIED: LoginDenied = { outcome: 'deny' };
const DENYING: readonly string[] = [
  ERROR_URIS.authenticationDenied,
  ERROR_URIS.noSuchPrincipal,
  ERROR_URIS.notAuthorized,
];

async function decided(request: LoginRequest, decision: Decision): Promise<LoginAccepted | LoginDenied> {
  const { procedure, realm, timeout } = decision.settings;
  const args = [request.realm, request.authid ?? null, detailsOf(request, decision)];
  try {
    const { args: answer } = await decision.ask(realm, { procedure, args, timeout });
    return principalOf(answer[0], request, procedure);
  } catch (error) {
    if (error instanceof ApplicationError && DENYING.includes(error.error)) return DENIED;
    throw error;
  }
}

function detailsOf({ session, authrole, authextra, transport }: LoginRequest, { method, ticket }: Decision): Dict {
  const { wire, peer, secure, tls } = transport;
  const connection: Dict = { wire, peer, secure };
  if (tls?.peerCertificate !== undefined) connection.fingerprint = tls.peerCertificate.fingerprint;
  const details: Dict = { authmethod: method, session, authextra, transport: connection };
  if (authrole !== undefined) details.authrole = authrole;
  if (ticket !== undefined) details.ticket = ticket;
  return details;
}

function principalOf(answer: Value | undefined, request: LoginRequest, procedure: string): LoginAccepted | LoginDenied {
  if (answer === null || answer === undefined) return DENIED;
  if (!isDict(answer)) throw new TypeError(`${procedure}: expected a principal, a dict, or null`);
  const { authid = request.authid, authrole, realm = request.realm, authprovider = 'dynamic', authextra } = answer;
  if (authextra !== undefined && authextra !== null && !isDict(authextra)) {
    throw new TypeError(`${procedure}: authextra: expected a dict`);
  }
  // What else is no string is found where every verdict is looked at.
  return {
    outcome: 'accept',
    authid: authid as string,
    authrole: authrole as string,
    authprovider: authprovider as string,
    realm: realm as string,
    authextra: authextra ?? undefined,
  };
}
