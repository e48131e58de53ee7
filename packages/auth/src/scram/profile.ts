import type { Dict } from '@wamp-run/protocol';
import { base64, concat, utf8 } from '../bytes.js';
import type { ScramKdf } from './key-derivation.js';
import { saslprep } from './saslprep.js';

/** What both sides have said, from which what is signed is put together. */
export interface Exchange {
  readonly authid: string;
  readonly clientNonce: string;
  /** The client's nonce and the server's behind it. */
  readonly nonce: string;
  /** As CHALLENGE has it. */
  readonly salt: string;
  readonly iterations: number;
  readonly binding: Binding | undefined;
}

/** The TLS connection that a login is bound to. */
export interface Binding {
  readonly type: 'tls-exporter';
  readonly data: Uint8Array;
}

/** In what the specification's `wamp-scram` and Autobahn's older `scram` differ. */
export interface ScramProfile {
  readonly method: 'wamp-scram' | 'scram';
  /** What Argon2id is called in CHALLENGE. */
  readonly argon2: string;
  /** Where WELCOME's authextra has the router's signature. */
  readonly verifier: string;
  /** Whether AUTHENTICATE says again what was agreed, and a login can be bound to its connection. */
  readonly binds: boolean;
  /** The password's bytes, as the key is derived from them. */
  password(text: string): Promise<Uint8Array>;
  /** The derived key, as it goes into HMAC. */
  saltedPassword(key: Uint8Array, kdf: ScramKdf): Uint8Array;
  /** What both sides sign. */
  authMessage(exchange: Exchange): Promise<Uint8Array>;
}

/** `wamp-scram` of the specification: RFC 5802 and RFC 7677, and Argon2id beside PBKDF2. */
export const SPECIFIED: ScramProfile = {
  method: 'wamp-scram',
  argon2: 'argon2id13',
  verifier: 'verifier',
  binds: true,
  password: async (text) => utf8(await saslprep(text, 'wamp-scram: password')),
  saltedPassword: (key) => key,
  authMessage: async ({ authid, clientNonce, nonce, salt, iterations, binding }) => {
    const name = (await saslprep(authid, 'wamp-scram: authid')).replaceAll('=', '=3D').replaceAll(',', '=2C');
    const header = utf8(binding === undefined ? 'n,,' : `p=${binding.type},,`);
    const bound = base64(concat(header, binding?.data ?? new Uint8Array(0)));
    return utf8(`n=${name},r=${clientNonce},r=${nonce},s=${salt},i=${iterations},c=${bound},r=${nonce}`);
  },
};

/** `scram` as Autobahn|Python and Crossbar.io have it: an early draft. */
export const AUTOBAHN: ScramProfile = {
  method: 'scram',
  argon2: 'argon2id-13',
  verifier: 'scram_server_signature',
  binds: false,
  password: async (text) => utf8(text),
  // Of Argon2's encoded form Autobahn keeps the text of the hash, and uses that as the key.
  saltedPassword: (key, kdf) => (kdf === 'pbkdf2' ? key : utf8(base64(key).replace(/=+$/, ''))),
  authMessage: async ({ authid, clientNonce, nonce, salt, iterations }) => {
    const name = await saslprep(authid, 'scram: authid');
    return utf8(`n=${name},r=${clientNonce},r=${nonce},s=${salt},i=${iterations},c=,r=${nonce}`);
  },
};

/** What of authextra is a nonce that the exchange can hold: printable, and no comma (RFC 5802). */
export function nonceIn(extra: Dict): string | undefined {
  const { nonce } = extra;
  return typeof nonce === 'string' && nonce.length <= 1024 && /^[!-+\--~]+$/.test(nonce) ? nonce : undefined;
}
