import { InvalidConfiguration } from '@wamp-run/protocol';

/** The error for a host and port on which one cannot listen: what it was, and what to do. */
export function listenFailure(host: string, port: number, cause: NodeJS.ErrnoException): InvalidConfiguration {
  return new InvalidConfiguration(textFor(host, port, cause), { cause });
}

function textFor(host: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; choose another with --port or stop what listens there`;
    case 'EACCES':
      return `port ${port} on ${host} is not permitted to this user; choose one from 1024 on with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine; choose another with --host`;
    default:
      return `cannot listen on port ${port} of ${host}: ${message}`;
  }
}
