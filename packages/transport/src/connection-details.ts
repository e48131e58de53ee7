import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Serializer, TransportDetails } from '@wamp-run/protocol';
import { addressOf, peerOf } from './address.js';
import { type TlsEnd, tlsFieldsOf } from './tls-details.js';

/** What is to be known to describe a connection. */
export interface DetailsInput {
  readonly socket: Socket;
  readonly serializer: Serializer;
  /** Which end this is. */
  readonly end: TlsEnd;
  /** The file of the Unix socket, where it is one. */
  readonly socketPath: string | undefined;
  /** The cookies that it was opened with, where it has some. */
  readonly cookie?: TransportDetails['cookie'];
}

/** What a transport on one connection says of that, whichever wire it speaks on it. */
export function connectionDetails(
  { socket, serializer, end, socketPath, cookie }: DetailsInput,
  wire: Pick<TransportDetails, 'wire' | 'protocol'>,
): TransportDetails {
  const tls = socket instanceof TLSSocket ? tlsFieldsOf(socket, end) : undefined;
  return {
    wire: wire.wire,
    peer: socketPath === undefined ? peerOf(socket) : `unix:${socketPath}`,
    address: socketPath === undefined ? addressOf(socket) : undefined,
    serializer: serializer.name,
    protocol: wire.protocol,
    // What goes through a Unix socket does not leave the machine.
    secure: tls !== undefined || socketPath !== undefined,
    ...tls,
    ...(cookie === undefined ? {} : { cookie }),
  };
}
