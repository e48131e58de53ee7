import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ChannelBinding, PeerCertificate, TlsDetails } from '@wamp-run/protocol';

/** Both ends' names for what is exported from a TLS 1.3 connection (RFC 9266). */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';

const CHANNEL_ID_LENGTH = 32;

/** Which end of a TLS connection this is. */
export type TlsEnd = 'client' | 'server';

/** What a transport's details say of TLS, read once, when the handshake is over. */
export interface TlsFields {
  readonly tls: TlsDetails;
  readonly channelId: (type: ChannelBinding) => Uint8Array | undefined;
}

/** What a TLS connection tells of itself, for the details of the transport on it. */
export function tlsFieldsOf(socket: TLSSocket, end: TlsEnd): TlsFields {
  const cipher = socket.getCipher();
  const certificate = peerCertificateOf(socket);
  const tls: TlsDetails = {
    version: socket.getProtocol() ?? 'unknown',
    cipher: cipher.standardName ?? cipher.name,
    // Node calls a server's peer that showed no certificate unauthorized, but a resumed one authorized.
    authorized: socket.authorized && certificate !== undefined,
    ...(certificate === undefined ? {} : { peerCertificate: certificate }),
  };
  return { tls, channelId: (type) => channelIdOf(socket, type, end) };
}

function peerCertificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const commonName = /^CN=(.*)$/m.exec(certificate.subject ?? '')?.[1] ?? '';
  return { commonName, fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase() };
}

function channelIdOf(socket: TLSSocket, type: ChannelBinding, end: TlsEnd): Uint8Array | undefined {
  // A socket that is gone has nothing to ask any more.
  if (socket.destroyed) return undefined;
  switch (type) {
    case 'tls-exporter':
      // Below 1.3 it is only as good as an extension of which Node does not tell whether it was used.
      if (socket.getProtocol() !== 'TLSv1.3') return undefined;
      return new Uint8Array(socket.exportKeyingMaterial(CHANNEL_ID_LENGTH, EXPORTER_LABEL, Buffer.alloc(0)));
    case 'tls-unique':
      return tlsUnique(socket, end);
  }
}

/**
 * The first Finished message of the handshake, which the client sends, or the server where the session was resumed.
 * Hashed, also under TLS 1.3, as Autobahn and Crossbar.io have it (docs/decisions/0021).
 */
function tlsUnique(socket: TLSSocket, end: TlsEnd): Uint8Array | undefined {
  const firstIsOurs = socket.isSessionReused() === (end === 'server');
  const finished = firstIsOurs ? socket.getFinished() : socket.getPeerFinished();
  if (finished === undefined) return undefined;
  return new Uint8Array(createHash('sha256').update(finished).digest());
}
