import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsSettings } from 'node:tls';
import { type HttpProxy, type Tunneled, throughProxy } from './proxy.js';
import type { Target } from './target.js';

/** What is to be known to open a socket. */
export interface Way {
  readonly target: Target;
  /** What TLS is told; looked at where the target is secure. */
  readonly tls: TlsSettings;
  readonly proxy: HttpProxy | undefined;
  /** The address family; undefined for whichever answers first. */
  readonly family: 4 | 6 | undefined;
}

/** Opens a socket towards the server, and tells it to `done`, which happens once. What it returns gives up. */
export function dial({ target, tls, proxy, family }: Way, done: Tunneled): () => void {
  const { url, secure, socketPath } = target;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const opened = (socket: Socket) => {
    done(null, socket);
    return () => socket.destroy();
  };
  if (socketPath !== undefined) return opened(connect({ path: socketPath }));
  const settings: TlsSettings = {
    host,
    // An address has no name to ask for.
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    ...tls,
  };
  const tcp = { host, port, ...(family === undefined ? {} : { family }) };
  if (proxy === undefined) return opened(secure ? connectTls({ ...settings, ...tcp }) : connect(tcp));
  return throughProxy(proxy, { host, port }, (error, socket) => {
    if (socket === undefined || !secure) return done(error, socket);
    done(null, connectTls({ ...settings, socket }));
  });
}
