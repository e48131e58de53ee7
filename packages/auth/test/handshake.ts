import {
  type ClientAuthenticator,
  type ClientLogin,
  type Dict,
  ERROR_URIS,
  type LoginAccepted,
  type LoginContext,
  type LoginProof,
  type LoginRequest,
  PeerRoles,
  type Random,
  type RouterAuthenticator,
  type RouterLogin,
  type TransportDetails,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';

/** Bytes that a test can repeat: every call gives others. */
export function countingRandom(start = 0): Random {
  let next = start;
  return (n) => Uint8Array.from({ length: n }, () => (next++ * 167 + 13) & 255);
}

export const PLAIN: TransportDetails = {
  wire: 'rawsocket',
  peer: '192.0.2.1:4711',
  serializer: 'cbor',
  protocol: 'rawsocket',
  secure: false,
};

/** One end of a TLS connection whose ids are these. */
export function tlsWire(ids: Partial<Record<'tls-exporter' | 'tls-unique', Uint8Array>>): TransportDetails {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', authorized: false };
  return { ...PLAIN, secure: true, tls, channelId: (type) => ids[type] };
}

/** What changes a message on its way, or lets time pass. */
export interface OnTheWay {
  hello?: (details: { authid: string | undefined; authextra: Dict }) => { authid: string | undefined; authextra: Dict };
  challenge?: (extra: Dict) => Dict;
  proof?: (proof: LoginProof) => LoginProof;
  welcome?: (details: Dict) => Dict;
}

export interface LoginSetup extends OnTheWay {
  readonly client: ClientAuthenticator | readonly ClientAuthenticator[];
  readonly router: RouterAuthenticator | readonly RouterAuthenticator[];
  readonly realm?: string;
  readonly clock?: FakeClock;
  readonly random?: Random;
  readonly wires?: { readonly client: TransportDetails; readonly router: TransportDetails };
}

/** How a login ended: as the session of either side would have it. */
export type Outcome =
  | { readonly by: 'welcome'; readonly details: Dict }
  | {
      readonly by: 'router' | 'client';
      readonly reason: string;
      readonly message?: string;
      readonly error?: unknown;
      readonly details?: Dict;
    };

/** Both halves against each other, as the client's session and the router's handshake drive them. */
export async function logIn(setup: LoginSetup): Promise<Outcome> {
  const clients = [setup.client].flat();
  const { realm = 'com.example', wires = { client: PLAIN, router: PLAIN } } = setup;
  const logins = new Map(clients.map((each): [string, ClientLogin] => [each.method, each.begin()]));
  const authid = clients.find((each) => each.authid !== undefined)?.authid;
  const authextra: Dict = Object.assign({}, ...[...logins.values()].map((each) => each.authextra ?? {}));
  const context: LoginContext = { realm, authid, authrole: undefined, authextra, transport: wires.client };
  const sent = setup.hello?.({ authid, authextra }) ?? { authid, authextra };
  const request: LoginRequest = {
    session: 3251278072152162,
    realm,
    authmethods: [...logins.keys()],
    ...sent,
    authrole: undefined,
    roles: new PeerRoles({ caller: {} }),
    transport: wires.router,
    clock: setup.clock ?? new FakeClock(),
    random: setup.random ?? countingRandom(),
  };
  for (const method of request.authmethods) {
    const router = [setup.router].flat().find((each) => each.method === method);
    if (router === undefined) continue;
    const outcome = await byMethod(router, request, { setup, logins, context });
    if (outcome !== undefined) return outcome;
  }
  return { by: 'router', reason: ERROR_URIS.noMatchingAuthMethod };
}

interface ClientSide {
  readonly setup: LoginSetup;
  readonly logins: ReadonlyMap<string, ClientLogin>;
  readonly context: LoginContext;
}

/** Undefined where the method passes. */
async function byMethod(
  router: RouterAuthenticator,
  request: LoginRequest,
  { setup, logins, context }: ClientSide,
): Promise<Outcome | undefined> {
  let challenged: string | undefined;
  try {
    const login: RouterLogin = router.begin(request);
    let verdict = await login.onHello();
    while (verdict.outcome === 'challenge') {
      challenged = verdict.method ?? router.method;
      const extra = setup.challenge?.(verdict.extra) ?? verdict.extra;
      let answer: Awaited<ReturnType<NonNullable<ClientLogin['onChallenge']>>> | undefined;
      try {
        answer = await logins.get(challenged)?.onChallenge?.({ method: challenged, extra }, context);
      } catch (error) {
        return { by: 'client', reason: ERROR_URIS.cannotAuthenticate, error };
      }
      if (answer === undefined) return { by: 'client', reason: ERROR_URIS.cannotAuthenticate };
      const proof = typeof answer === 'string' ? { signature: answer, extra: {} } : { extra: {}, ...answer };
      const given = { signature: proof.signature, extra: proof.extra ?? {} };
      verdict = (await login.onAuthenticate?.(setup.proof?.(given) ?? given)) ?? { outcome: 'deny' };
    }
    if (verdict.outcome === 'pass') return undefined;
    if (verdict.outcome === 'accept') {
      return await welcomed(verdict, { router, challenged, setup, logins, context });
    }
    const { reason = ERROR_URIS.authenticationDenied, message, details } = verdict;
    return {
      by: 'router',
      reason,
      ...(message === undefined ? {} : { message }),
      ...(details === undefined ? {} : { details }),
    };
  } catch (error) {
    return { by: 'router', reason: ERROR_URIS.authenticationFailed, error };
  }
}

async function welcomed(
  accept: LoginAccepted,
  side: ClientSide & { router: RouterAuthenticator; challenged: string | undefined },
): Promise<Outcome> {
  const { outcome: _, authmethod = side.router.method, ...rest } = accept;
  const details = { ...rest, authmethod } as unknown as Dict;
  const shown = side.setup.welcome?.(details) ?? details;
  try {
    const login = side.logins.get(side.challenged ?? authmethod);
    const message = await login?.onWelcome?.(shown, side.context);
    if (typeof message === 'string') return { by: 'client', reason: ERROR_URIS.cannotAuthenticate, message };
  } catch (error) {
    return { by: 'client', reason: ERROR_URIS.cannotAuthenticate, error };
  }
  return { by: 'welcome', details: shown };
}

/** The request of a HELLO that says this, for tests that drive the router's half themselves. */
export function requestOf(given: Partial<LoginRequest>): LoginRequest {
  return {
    session: 1,
    realm: 'com.example',
    authmethods: [],
    authid: undefined,
    authrole: undefined,
    authextra: {},
    roles: new PeerRoles({ caller: {} }),
    transport: PLAIN,
    clock: new FakeClock(),
    random: countingRandom(),
    ...given,
  };
}

/** Looks at what goes by, and lets it go on. */
export function keptIn<T>(list: T[]): (each: T) => T {
  return (each) => {
    list.push(each);
    return each;
  };
}

/** Lets so many milliseconds pass. */
export function after(clock: FakeClock, ms: number): <T>(each: T) => T {
  return (each) => {
    clock.advance(ms);
    return each;
  };
}
