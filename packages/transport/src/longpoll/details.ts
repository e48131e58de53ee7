import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Serializer, TransportDetails } from '@wamp-run/protocol';
import { addressOf, peerOf } from '../address.js';
import { type TlsEnd, tlsFieldsOf } from '../tls-details.js';

/** What a long-poll says of itself: what is known of the connection over which it was opened. */
export function detailsOf(
  socket: Socket,
  serializer: Serializer,
  end: TlsEnd,
  cookie?: TransportDetails['cookie'],
): TransportDetails {
  // There is one channel id for each connection, and none for the several that a long-poll goes over.
  const encrypted =
    socket instanceof TLSSocket ? { tls: tlsFieldsOf(socket, end).tls, channelId: () => undefined } : {};
  return {
    wire: 'longpoll',
    peer: peerOf(socket),
    address: addressOf(socket),
    serializer: serializer.name,
    protocol: serializer.subprotocol,
    secure: 'tls' in encrypted,
    ...encrypted,
    ...(cookie === undefined ? {} : { cookie }),
  };
}
