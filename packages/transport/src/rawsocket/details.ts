import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Serializer, TransportDetails } from '@wamp-run/protocol';
import { addressOf, peerOf } from '../address.js';
import { type TlsEnd, tlsFieldsOf } from '../tls-details.js';
import { unixUrl } from './target.js';

/** What is to be known to describe a connection. */
export interface DetailsInput {
  readonly socket: Socket;
  readonly serializer: Serializer;
  /** Which end this is. */
  readonly end: TlsEnd;
  /** The file of the Unix socket, where it is one. */
  readonly socketPath: string | undefined;
}

/** What a RawSocket transport says of itself. */
export function detailsOf({ socket, serializer, end, socketPath }: DetailsInput): TransportDetails {
  const tls = socket instanceof TLSSocket ? tlsFieldsOf(socket, end) : undefined;
  return {
    wire: 'rawsocket',
    peer: socketPath === undefined ? peerOf(socket) : unixUrl(socketPath),
    address: socketPath === undefined ? addressOf(socket) : undefined,
    serializer: serializer.name,
    protocol: 'rawsocket',
    // What goes through a Unix socket does not leave the machine.
    secure: tls !== undefined || socketPath !== undefined,
    ...tls,
  };
}
