import type { Socket } from 'node:net';

/** `127.0.0.1:8080`, `[::1]:8080` */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The network address of a socket's other end; undefined where it is gone already. */
export function addressOf({ remoteAddress }: Socket): string | undefined {
  // What a socket for both families says of an IPv4 peer.
  return remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
}

/** The other end of a socket, for people. */
export function peerOf(socket: Socket): string {
  const address = addressOf(socket);
  const { remotePort } = socket;
  return address === undefined || remotePort === undefined ? 'unknown' : hostAndPort(address, remotePort);
}

/** Where clients on this machine reach a server on this host: one that listens everywhere is on loopback too. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
