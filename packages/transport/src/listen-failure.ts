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

/** The error for the file of a Unix socket on which one cannot listen. */
export function unixListenFailure(socketPath: string, cause: NodeJS.ErrnoException): InvalidConfiguration {
  return new InvalidConfiguration(`cannot listen at ${socketPath}: ${textForUnix(cause)}`, { cause });
}

function textForUnix({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'something listens there, or it is a file of another kind; choose another path or stop what listens there';
    case 'EACCES':
      return 'this user may not make files in that folder';
    case 'ENOENT':
      return 'there is no such folder';
    case 'EINVAL':
      return 'the path is too long for a Unix socket; most systems take about 100 bytes';
    default:
      return message;
  }
}
