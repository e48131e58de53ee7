/** What went wrong, in a few words, for an error that kept a connection from being made. */
export function connectFailure(error: Error): string {
  const { code, message } = errorIn(error);
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'connection reset by the other side';
    case 'ENOTFOUND':
      return 'there is no host of that name';
    case 'EAI_AGAIN':
      return 'the host name cannot be looked up at present';
    case 'ETIMEDOUT':
      return 'the host does not answer';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'the host cannot be reached';
    case 'ENOENT':
      return 'there is no socket of that name';
    case 'EACCES':
      return 'this user may not connect';
    case 'EPROTO':
      return `TLS failed; perhaps the other side does not speak it on this port (${message.trim()})`;
    default:
      return isCertificateError(code) ? `TLS: the certificate is not accepted: ${message}` : message;
  }
}

// Where a name has several addresses, Node tries them all and reports the failures together.
function errorIn(error: Error): NodeJS.ErrnoException {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first : error;
}

function isCertificateError(code: string | undefined): boolean {
  return code !== undefined && /CERT|SIGNATURE|ISSUER|CRL/.test(code);
}
