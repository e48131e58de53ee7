import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';
import { checkOptionNames, InvalidConfiguration, type OptionNames } from '@wamp-run/protocol';

/** One PEM text or its bytes, or several. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/** What holds for TLS at either end. Certificates and keys are their PEM text (or bytes), not file names. */
export interface TlsOptions {
  /** The authorities that the other side's certificate is checked against. Default: those that Node knows. */
  readonly ca?: Pem;
  /** The certificate that this side shows, with those between it and its authority behind it. */
  readonly cert?: Pem;
  /** The private key of `cert`. */
  readonly key?: Pem;
  /** The lowest version that is spoken. Default: `TLSv1.2`. */
  readonly minVersion?: SecureVersion;
}

/** TLS as a client. */
export interface TlsClientOptions extends TlsOptions {
  /** The name that the router's certificate must have. Default: the host of the URL. */
  readonly servername?: string;
  /** Whether a router whose certificate cannot be verified is refused. Default: true. */
  readonly rejectUnauthorized?: boolean;
}

/** TLS as a listener. */
export interface TlsServerOptions extends TlsOptions {
  readonly cert: Pem;
  readonly key: Pem;
  /** Whether clients are asked for a certificate. Default: false. */
  readonly requestCert?: boolean;
  /** Whether clients without a certificate that can be verified are refused, where they are asked. Default: true. */
  readonly rejectUnauthorized?: boolean;
}

const BOTH = { ca: true, cert: true, key: true, minVersion: true, rejectUnauthorized: true } as const;
const CLIENT_NAMES: OptionNames<TlsClientOptions> = { ...BOTH, servername: true };
const SERVER_NAMES: OptionNames<TlsServerOptions> = { ...BOTH, requestCert: true };

/** What Node's `tls.connect` takes of these. Throws an InvalidConfiguration where one is wrong; `of` says whose they are. */
export function tlsClientSettings(options: TlsClientOptions, of: string) {
  checkOptionNames(options, CLIENT_NAMES, `${of}: tls`, '.');
  const { servername, rejectUnauthorized = true } = options;
  checkSwitch(rejectUnauthorized, `${of}: tls.rejectUnauthorized`);
  if (servername !== undefined && (typeof servername !== 'string' || servername === '')) {
    throw new InvalidConfiguration(`${of}: tls.servername: expected a host name`);
  }
  return {
    ...contextSettings(options, of),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized,
  };
}

/** What Node's `tls.createServer` takes of these. Throws an InvalidConfiguration where one is wrong. */
export function tlsServerSettings(options: TlsServerOptions, of: string) {
  checkOptionNames(options, SERVER_NAMES, `${of}: tls`, '.');
  const { requestCert = false, rejectUnauthorized = true } = options;
  checkSwitch(requestCert, `${of}: tls.requestCert`);
  checkSwitch(rejectUnauthorized, `${of}: tls.rejectUnauthorized`);
  for (const key of ['cert', 'key'] as const) {
    if (options[key] === undefined) throw new InvalidConfiguration(`${of}: tls.${key}: a listener needs one`);
  }
  return { ...contextSettings(options, of), requestCert, rejectUnauthorized };
}

function checkSwitch(value: unknown, what: string): void {
  if (typeof value !== 'boolean') throw new InvalidConfiguration(`${what}: expected true or false`);
}

/** Certificates and keys, tried at once, so that a wrong one is not first met by a connection. */
function contextSettings({ ca, cert, key, minVersion = 'TLSv1.2' }: TlsOptions, of: string): SecureContextOptions {
  if ((cert === undefined) !== (key === undefined)) {
    throw new InvalidConfiguration(`${of}: tls.cert and tls.key: give both, or neither`);
  }
  const settings: SecureContextOptions = { minVersion };
  if (ca !== undefined) settings.ca = authorities(ca, of);
  if (cert !== undefined) settings.cert = nodePem(cert);
  if (key !== undefined) settings.key = nodePem(key);
  for (const part of ['minVersion', 'cert', 'key'] as const) {
    // The cause never says what is in a key, only what OpenSSL made of it.
    const tried = part === 'key' ? settings : { [part]: settings[part] };
    if (settings[part] !== undefined) attempt(() => createSecureContext(tried), `${of}: tls.${part}`);
  }
  return settings;
}

/** Of what is no certificate among the authorities OpenSSL says nothing, and trusts nobody. */
function authorities(ca: Pem, of: string): (string | Buffer)[] {
  const all = [nodePem(ca)].flat();
  for (const each of all) attempt(() => new X509Certificate(each), `${of}: tls.ca`);
  return all;
}

function attempt(use: () => unknown, what: string): void {
  try {
    use();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidConfiguration(`${what}: cannot be used: ${text}`, { cause });
  }
}

function nodePem(pem: Pem): string | Buffer | (string | Buffer)[] {
  const one = (part: string | Uint8Array) => (typeof part === 'string' ? part : Buffer.from(part));
  return typeof pem === 'string' || pem instanceof Uint8Array ? one(pem) : pem.map(one);
}
