import type { Socket } from 'node:net';

/** `127.0.0.1:8080`, `[::1]:8080` */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The other end of a socket, for people. */
export function addressOf(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return 'unknown';
  // What a socket for both families says of an IPv4 peer.
  return hostAndPort(remoteAddress.replace(/^::ffff:(?=\d+\.)/, ''), remotePort);
}

/** Where clients on this machine reach a server on this host: one that listens everywhere is on loopback too. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
