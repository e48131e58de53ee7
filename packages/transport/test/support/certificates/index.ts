import { readFileSync } from 'node:fs';

/** A certificate with its private key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** The certificates that make.sh made. */
export const certificates: {
  /** The authority of `server` and `client`. */
  readonly ca: string;
  /** For `localhost`, `router.test`, 127.0.0.1 and ::1. */
  readonly server: Identity;
  /** Its subject is `orders`. */
  readonly client: Identity;
  /** For `localhost` and 127.0.0.1, through 2020; it is its own authority. */
  readonly expired: Identity;
  /** An authority that nobody trusts unless told to, and its certificates, with the same names as the others. */
  readonly stranger: { readonly ca: string; readonly server: Identity; readonly client: Identity };
} = {
  ca: pem('authority'),
  server: identity('server'),
  client: identity('client'),
  expired: identity('expired'),
  stranger: { ca: pem('stranger'), server: identity('stranger-server'), client: identity('stranger-client') },
};

function identity(name: string): Identity {
  return { cert: pem(name), key: pem(`${name}-key`) };
}

function pem(name: string): string {
  return readFileSync(new URL(`./${name}.pem`, import.meta.url), 'utf8');
}
