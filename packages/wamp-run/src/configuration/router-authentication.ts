import { type SecretValue, secretShape } from './secret-value.js';
import type { Shape } from './shape.js';

/** What all methods with a challenge have. */
interface ChallengeOptions {
  /** Milliseconds from CHALLENGE within which the answer has to come. Default: 30 000. */
  readonly challengeTimeout?: number;
}

interface DecoyOptions extends ChallengeOptions {
  /** At least 16 bytes (base64) from which the salts of those who do not exist are made. Default: at random. */
  readonly decoySecret?: SecretValue;
}

/**
 * The methods that its own router offers; a client's order decides among them. Whom each lets in, `principals` say.
 *
 * @example
 * const authentication: RouterAuthentication = { anonymous: { authrole: 'guest' }, ticket: {}, cryptosign: {} };
 */
export interface RouterAuthentication {
  /** Everybody may come, without a proof. */
  readonly anonymous?: {
    /** The role that they get. Default: `anonymous`. */
    readonly authrole?: string;
    /** Where. Default: in every realm. */
    readonly realms?: readonly string[];
  };
  /**
   * A cookie that another of these methods has earned: for browsers, and for clients that keep cookies. Set on WebSocket
   * and long-poll.
   */
  readonly cookie?: {
    /** Its name. Default: `wamp-login`. */
    readonly name?: string;
    /** Milliseconds for which it holds. Default: a day. */
    readonly maxAge?: number;
    /** Whether browsers may send it over TLS only: true behind a proxy that speaks TLS. Default: false. */
    readonly secure?: boolean;
  };
  readonly ticket?: ChallengeOptions;
  readonly wampcra?: DecoyOptions;
  readonly 'wamp-scram'?: DecoyOptions;
  /** Autobahn's older `scram`. */
  readonly scram?: DecoyOptions;
  readonly cryptosign?: ChallengeOptions & {
    /** The private key by which the router proves itself: what is in a file of `wamp-run keygen cryptosign`. Default: it does not. */
    readonly key?: SecretValue;
  };
}

export type RouterMethod = keyof RouterAuthentication;

const timeout: Shape = {
  kind: 'number',
  what: 'a number of milliseconds',
  least: 1,
  doc: 'How long a challenge can be answered (ms).',
};
const decoySecret = secretShape(
  'base64',
  'At least 16 bytes (base64) from which the salts of those who do not exist are made.',
);

/** A method with its options. */
function method(doc: string, keys: { readonly [key: string]: Shape }): Shape {
  return { kind: 'keys', keys, doc };
}

const METHODS = {
  anonymous: method('Everybody may come, without a proof.', {
    authrole: { kind: 'text', what: 'a role', doc: 'The role that they get; default: anonymous.' },
    realms: {
      kind: 'list',
      least: 1,
      what: 'a list of realms',
      of: { kind: 'text', what: 'a realm' },
      doc: 'Where; default: in every realm.',
    },
  }),
  cookie: method('A cookie that another of these methods has earned.', {
    name: { kind: 'text', what: 'the name of a cookie', doc: 'Default: wamp-login.' },
    maxAge: {
      kind: 'number',
      what: 'a number of milliseconds (1000 or more)',
      least: 1_000,
      doc: 'How long it holds (ms); default: a day.',
    },
    secure: { kind: 'switch', doc: 'Whether browsers may send it over TLS only: behind a proxy that speaks TLS.' },
  }),
  ticket: method('What is shown is the secret itself.', { challengeTimeout: timeout }),
  wampcra: method('A challenge is signed with a shared secret.', { challengeTimeout: timeout, decoySecret }),
  'wamp-scram': method('A password that the router does not know.', { challengeTimeout: timeout, decoySecret }),
  scram: method("Autobahn's older scram.", { challengeTimeout: timeout, decoySecret }),
  cryptosign: method('An Ed25519 key.', {
    challengeTimeout: timeout,
    key: secretShape('a private key', 'The private key by which the router proves itself; default: it does not.'),
  }),
} as const satisfies Record<RouterMethod, Shape>;

export const AUTHENTICATION_SHAPE: Shape = { kind: 'keys', keys: METHODS };
