import { type SecretValue, secretShape } from './secret-value.js';
import type { Keys, Shape } from './shape.js';

/** A range of costs that this side accepts of a router. */
export interface CostBounds {
  /** The least that is accepted of a router. Default: that of the method. */
  readonly least?: number;
  /** The most that is accepted of a router. Default: that of the method. */
  readonly most?: number;
}

/** What each method needs to log in. `authrole` asks for a role; a router need not give it. */
export interface AuthConfig {
  readonly anonymous: { readonly authrole?: string };
  readonly ticket: { readonly authid: string; readonly ticket: SecretValue; readonly authrole?: string };
  readonly wampcra: {
    readonly authid: string;
    readonly secret: SecretValue;
    readonly authrole?: string;
    /** PBKDF2's. Default: 1 000 to 2 000 000. */
    readonly iterations?: CostBounds;
  };
  readonly 'wamp-scram': {
    readonly authid: string;
    readonly password: SecretValue;
    readonly authrole?: string;
    /** Binds the login to its TLS connection. Default: it is not bound. */
    readonly channelBinding?: 'tls-exporter';
    readonly limits?: ScramBounds;
  };
  /** What Autobahn and Crossbar.io have in place of `wamp-scram`. */
  readonly scram: {
    readonly authid: string;
    readonly password: SecretValue;
    readonly authrole?: string;
    readonly limits?: ScramBounds;
  };
  readonly cryptosign: {
    /** The private key: 64 hexadecimal digits, OpenSSH, PEM or a key file of Autobahn. */
    readonly key: SecretValue;
    readonly authid?: string;
    readonly authrole?: string;
    readonly channelBinding?: 'tls-exporter' | 'tls-unique';
    /** The public keys of which the router has to prove one. Default: it need not. */
    readonly routerKeys?: readonly string[];
    readonly trustroot?: string;
    readonly certificates?: readonly unknown[];
  };
  /** By the certificate of the transport (`tls.cert` and `tls.key`). */
  readonly tls: { readonly authid?: string; readonly authrole?: string };
}

/** What `wamp-scram` may cost this side: KiB, and passes times KiB. */
export interface ScramBounds {
  readonly pbkdf2?: CostBounds;
  readonly memory?: CostBounds;
  readonly work?: CostBounds;
}

/** The name of a method, as `authmethods` of HELLO has it. */
export type AuthMethod = keyof AuthConfig;

/** Logins by their methods. Those that name an authid or an authrole name the same. */
export type Authentication = { readonly [M in AuthMethod]?: AuthConfig[M] };

const text = (what: string, doc: string): Shape => ({ kind: 'text', what, doc });
const AUTHID = text('a name', 'Who logs in.');
const AUTHROLE = text('a role', 'The role to ask for; a router need not give it.');

const bounds = (doc: string): Shape => ({
  kind: 'keys',
  doc,
  keys: {
    least: { kind: 'number', what: 'a whole number', least: 0 },
    most: { kind: 'number', what: 'a whole number', least: 0 },
  },
});

const SCRAM_LIMITS: Shape = {
  kind: 'keys',
  doc: 'What a router may ask this side to compute.',
  keys: {
    pbkdf2: bounds("PBKDF2's iterations."),
    memory: bounds("Argon2's memory (KiB)."),
    work: bounds("Argon2's passes times its memory (KiB)."),
  },
};

const method = (doc: string, needs: readonly string[], keys: Keys): Shape => ({ kind: 'keys', doc, needs, keys });

export const AUTHENTICATION_SHAPE: Shape = {
  kind: 'keys',
  doc: 'How it logs in, by method, the preferred one first.',
  keys: {
    anonymous: method('As nobody in particular.', [], { authrole: AUTHROLE }),
    ticket: method('By a ticket, which is sent as it is.', ['authid', 'ticket'], {
      authid: AUTHID,
      ticket: secretShape('a ticket', 'The ticket.'),
      authrole: AUTHROLE,
    }),
    wampcra: method('By a shared secret.', ['authid', 'secret'], {
      authid: AUTHID,
      secret: secretShape('a secret', 'The secret.'),
      authrole: AUTHROLE,
      iterations: bounds("PBKDF2's iterations that are accepted of a router."),
    }),
    'wamp-scram': method('By a password that never travels.', ['authid', 'password'], {
      authid: AUTHID,
      password: secretShape('a password', 'The password.'),
      authrole: AUTHROLE,
      channelBinding: { kind: 'word', words: ['tls-exporter'], doc: 'Binds the login to its TLS connection.' },
      limits: SCRAM_LIMITS,
    }),
    scram: method('The form of wamp-scram that Autobahn and Crossbar.io have.', ['authid', 'password'], {
      authid: AUTHID,
      password: secretShape('a password', 'The password.'),
      authrole: AUTHROLE,
      limits: SCRAM_LIMITS,
    }),
    cryptosign: method('By an Ed25519 key.', ['key'], {
      key: secretShape('a private key', 'The private key.'),
      authid: AUTHID,
      authrole: AUTHROLE,
      channelBinding: {
        kind: 'word',
        words: ['tls-exporter', 'tls-unique'],
        doc: 'Binds the login to its TLS connection.',
      },
      routerKeys: {
        kind: 'list',
        least: 1,
        what: 'a list of public keys',
        of: text('a public key', 'As 64 hexadecimal digits.'),
        doc: 'The public keys of which the router has to prove one.',
      },
      trustroot: text('an address', 'The Ethereum address of the trustroot of certificates.'),
      certificates: {
        kind: 'list',
        what: 'a list of certificates',
        of: { kind: 'anything' },
        doc: 'Sent as they are.',
      },
    }),
    tls: method('By the certificate of the transport (tls.cert and tls.key).', [], {
      authid: AUTHID,
      authrole: AUTHROLE,
    }),
  },
};
