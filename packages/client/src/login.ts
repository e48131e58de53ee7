import {
  type Authenticate,
  authenticateMessage,
  type Challenge,
  type ClientLogin,
  type Dict,
  InvalidConfiguration,
  isDict,
  type LoginContext,
  typeName,
  WampError,
} from '@wamp-run/protocol';
import { extraOf, offerLogins } from './login-hello.js';
import type { ChallengeHandler, LoginOptions } from './login-options.js';
import type { SessionDetails } from './session-details.js';
import type { ReportUserError } from './user-errors.js';

/** Why a login ends before there is a session. */
export interface Refusal {
  /** What the router hears: never the text of somebody's exception. */
  readonly text: string;
  readonly cause?: unknown;
  /** Another attempt may do better. */
  readonly retryable: boolean;
}

/** The code of one's own that takes part, besides the authenticators. */
export interface LoginHandlers {
  readonly onChallenge: ChallengeHandler | undefined;
  readonly onWelcome: ((details: SessionDetails) => unknown) | undefined;
  readonly report: ReportUserError;
}

/** Something that looks at WELCOME; `what` names it in errors. */
interface Verification {
  readonly what: string;
  run(): unknown;
}

/** One login: what HELLO says of it, the answers to CHALLENGE, and whether WELCOME is acceptable. */
export class Login {
  /** The keys of HELLO's details. */
  readonly hello: Dict;
  readonly #methods: readonly string[];
  readonly #logins: ReadonlyMap<string, ClientLogin>;
  readonly #challenged = new Set<string>();

  /** Throws InvalidConfiguration, naming the key, where options are wrong or do not agree. */
  constructor(options: LoginOptions) {
    const { hello, methods, logins } = offerLogins(options);
    this.hello = hello;
    this.#methods = methods;
    this.#logins = logins;
  }

  /** What is sent for a CHALLENGE, or why the login ends here. Never rejects. */
  async answer(
    { method, extra }: Challenge,
    handlers: LoginHandlers,
    context: LoginContext,
  ): Promise<Authenticate | Refusal> {
    const { onChallenge, report } = handlers;
    const login = this.#logins.get(method);
    const own = this.#methods.length === 0 || (login === undefined && this.#methods.includes(method));
    if (login?.onChallenge === undefined && !(own && onChallenge !== undefined)) {
      const text = `the router asks for a login by ${method}, and this client has none`;
      return { text, retryable: false };
    }
    this.#challenged.add(method);
    const what = login === undefined ? 'onChallenge' : `onChallenge of ${method}`;
    try {
      const challenge = { method, extra };
      const answer = await (login === undefined
        ? onChallenge?.(challenge, context)
        : login.onChallenge?.(challenge, context));
      return authenticate(answer, what);
    } catch (thrown) {
      report(thrown, what);
      return { text: 'the challenge could not be answered', cause: thrown, retryable: mayPass(thrown) };
    }
  }

  /** Why this WELCOME is not to be accepted; undefined where it is. At once where nobody wants to look at it. */
  refusalOf(
    session: SessionDetails,
    details: Dict,
    { handlers, context }: { handlers: LoginHandlers; context: LoginContext },
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const { authmethod } = session;
    const by = authmethod === undefined ? [...this.#challenged] : [...new Set([...this.#challenged, authmethod])];
    const unoffered = this.#unoffered(authmethod, by);
    if (unoffered !== undefined) return { text: unoffered, retryable: false };
    const verifications: Verification[] = [];
    for (const method of by) {
      const login = this.#logins.get(method);
      if (login?.onWelcome === undefined) continue;
      verifications.push({ what: `onWelcome of ${method}`, run: () => login.onWelcome?.(details, context) });
    }
    const { onWelcome, report } = handlers;
    if (onWelcome !== undefined) verifications.push({ what: 'onWelcome', run: () => onWelcome(session) });
    return verifications.length === 0 ? undefined : verify(verifications, report);
  }

  /** A router that leaves out, or makes up, the method could pass by the proof of its own that one of ours wants. */
  #unoffered(authmethod: string | undefined, by: readonly string[]): string | undefined {
    const methods = this.#methods;
    if (methods.length === 0 || methods.includes('anonymous')) return undefined;
    const offered = `${methods.join(', ')} ${methods.length === 1 ? 'was' : 'were'} offered`;
    if (by.length === 0) return `the router let the session in without a login; ${offered}`;
    if (authmethod === undefined || methods.includes(authmethod)) return undefined;
    return `the router let the session in by ${authmethod}; ${offered}`;
  }
}

/** In turn, and none after one that refuses. Never rejects. */
async function verify(verifications: readonly Verification[], report: ReportUserError): Promise<Refusal | undefined> {
  for (const { what, run } of verifications) {
    try {
      const reason = await run();
      if (reason === undefined || reason === null) continue;
      const text = typeof reason === 'string' && reason !== '' ? reason : 'WELCOME was refused';
      return { text, retryable: false };
    } catch (thrown) {
      report(thrown, what);
      return { text: 'WELCOME could not be verified', cause: thrown, retryable: mayPass(thrown) };
    }
  }
  return undefined;
}

/** An error of ours says so itself; any other may be the failure of a moment. */
function mayPass(thrown: unknown): boolean {
  return thrown instanceof WampError ? thrown.retryable : true;
}

function authenticate(answer: unknown, what: string): Authenticate {
  const given: Dict | undefined = isDict(answer) ? answer : undefined;
  const signature = given === undefined ? answer : given.signature;
  if (typeof signature === 'string') return authenticateMessage(signature, extraOf(given?.extra, `${what}: extra`));
  const expected = 'a signature (a string, or { signature, extra })';
  throw new InvalidConfiguration(`${what}: expected ${expected}, got ${typeName(signature)}`);
}
