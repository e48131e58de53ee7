import type { Dict } from '@wamp-run/protocol';
import { type SecretValue, secretShape } from './secret-value.js';
import type { Shape } from './shape.js';

/** A public key itself, or the file that has it. */
export type PublicKeyValue = string | { readonly file: string };

/** What a router keeps of a password: the file that `wamp-run keygen scram` makes, or what is in it. */
export type CredentialValue =
  | string
  | {
      readonly kdf: 'argon2id13' | 'pbkdf2';
      readonly iterations: number;
      readonly memory?: number;
      /** Base64. */
      readonly salt: string;
      /** Base64. */
      readonly storedKey: SecretValue;
      /** Base64. */
      readonly serverKey: SecretValue;
    };

/** Somebody who may log in at its own router, and what each method takes as a proof. At least one method. */
export interface PrincipalEntry {
  /** Who it is. */
  readonly authid: string;
  /** The role that it gets, whatever it asks for. */
  readonly authrole: string;
  /** The realm that it may join. */
  readonly realm: string;
  /** Who vouches for it, in WELCOME. Default: `static`. */
  readonly authprovider?: string;
  /** What else WELCOME's authextra says. Default: nothing. */
  readonly authextra?: Dict;
  /** What it shows. */
  readonly ticket?: SecretValue;
  /** The shared secret; with a `salt`, what `deriveKey` of `@wamp-run/auth/wampcra` makes of it. */
  readonly wampcra?: {
    readonly secret: SecretValue;
    readonly salt?: string;
    readonly iterations?: number;
    readonly keylen?: number;
  };
  /** What is kept of its password. */
  readonly 'wamp-scram'?: CredentialValue;
  /** The same for Autobahn's `scram`. */
  readonly scram?: CredentialValue;
  /** Its Ed25519 keys, any of which will do: 64 hexadecimal digits, a line of OpenSSH, PEM, or the file of one. */
  readonly cryptosign?: { readonly publicKeys: readonly PublicKeyValue[] };
}

/** The methods by which a principal of the configuration can prove itself: the keys of its entry that say how. */
export const PRINCIPAL_METHODS = ['ticket', 'wampcra', 'wamp-scram', 'scram', 'cryptosign'] as const;

export type PrincipalMethod = (typeof PRINCIPAL_METHODS)[number];

const text = (what: string, doc: string): Shape => ({ kind: 'text', what, doc });
const whole = (doc: string): Shape => ({ kind: 'number', what: 'a whole number of at least 1', least: 1, doc });

const CREDENTIAL: Shape = {
  kind: 'either',
  doc: 'What is kept of a password: the file that wamp-run keygen scram makes, or what is in it.',
  text: { kind: 'text', what: 'the path of a file', path: true },
  keys: {
    kind: 'keys',
    needs: ['kdf', 'iterations', 'salt', 'storedKey', 'serverKey'],
    keys: {
      kdf: { kind: 'word', words: ['argon2id13', 'pbkdf2'], doc: 'How the key is derived.' },
      iterations: whole("Argon2's passes, or PBKDF2's iterations."),
      memory: whole("Argon2's memory (KiB)."),
      salt: text('base64', 'Base64.'),
      storedKey: secretShape('base64', 'By this a proof is checked; base64.'),
      serverKey: secretShape('base64', 'By this the router proves itself; base64.'),
    },
  },
};

/** What is in a file of a credential. */
export const CREDENTIAL_SHAPE: Shape = CREDENTIAL.keys;

export const PRINCIPAL_SHAPE: Shape = {
  kind: 'keys',
  needs: ['authid', 'authrole', 'realm'],
  keys: {
    authid: text('a name', 'Who it is.'),
    authrole: text('a role', 'The role that it gets, whatever it asks for.'),
    realm: text('a realm', 'The realm that it may join.'),
    authprovider: text('a name', 'Who vouches for it, in WELCOME; default: static.'),
    authextra: { kind: 'map', what: 'an object', of: { kind: 'anything' }, doc: "What else WELCOME's authextra says." },
    ticket: secretShape('a ticket', 'What it shows.'),
    wampcra: {
      kind: 'keys',
      needs: ['secret'],
      doc: 'A shared secret that does not travel.',
      keys: {
        secret: secretShape('a secret', 'The secret; with a salt, the key that is derived of it (base64).'),
        salt: text('a salt', 'The salt of that key; default: the secret is not salted.'),
        iterations: whole('The iterations of that key; default: 1000.'),
        keylen: whole('The bytes of that key; default: 32.'),
      },
    },
    'wamp-scram': CREDENTIAL,
    scram: { ...CREDENTIAL, doc: "The same for Autobahn's older scram." },
    cryptosign: {
      kind: 'keys',
      needs: ['publicKeys'],
      doc: 'Its Ed25519 keys; any of them will do.',
      keys: {
        publicKeys: {
          kind: 'list',
          least: 1,
          what: 'a list with at least one public key',
          of: {
            kind: 'either',
            doc: '64 hexadecimal digits, a line of OpenSSH, PEM, or { file } with one of them.',
            text: { kind: 'text', what: 'a public key' },
            keys: {
              kind: 'keys',
              needs: ['file'],
              keys: { file: { kind: 'text', what: 'the path of a file', path: true } },
            },
          },
        },
      },
    },
  },
};

/** Several: in the section itself, or in a file of their own. */
export const PRINCIPALS_SHAPE: Shape = { kind: 'list', what: 'a list of principals', of: PRINCIPAL_SHAPE };
