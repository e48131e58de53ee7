import { type ClientAuthenticator, checkOptionNames } from '@wamp-run/protocol';
import { changedAuthid } from '../challenge-refused.js';
import { checkOptionalText } from '../settings.js';

/** How to log in by the certificate that the transport shows (`tls.cert` and `tls.key` of its options). */
export interface TlsCertificateOptions {
  /** Who wants in. Default: the router finds out by the certificate. */
  readonly authid?: string | undefined;
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
}

/**
 * The client's half of `tls`, the name that Crossbar.io gave to logins by a TLS client certificate. The proof is the
 * transport's; this offers the method. Throws InvalidConfiguration where an option is wrong.
 */
export function tlsCertificate(options: TlsCertificateOptions = {}): ClientAuthenticator {
  checkOptionNames(options, { authid: true, authrole: true }, 'tlsCertificate');
  const { authid, authrole } = options;
  checkOptionalText(authid, 'tlsCertificate: authid');
  checkOptionalText(authrole, 'tlsCertificate: authrole');
  return { method: 'tls', authid, authrole, begin: () => ({ onWelcome: changedAuthid }) };
}
