import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Entrance as RawSocketEntrance } from '../rawsocket/entrance.js';
import { MAGIC } from '../rawsocket/handshake.js';
import { firstChunk } from './first-chunk.js';
import { type Patience, SilentConnections } from './silent-connections.js';
import { TakenOver } from './taken-over.js';

/**
 * Stands before an HTTP server and tells RawSocket from HTTP by the first octet of a connection: 0x7F can begin no request.
 * With TLS it is the first octet behind it. The socket itself is handed over, with what was read of it put back.
 */
export class OctetSwitch {
  readonly #server: Server;
  readonly #rawsocket: RawSocketEntrance;
  readonly #silent: SilentConnections;
  readonly #connections: TakenOver;
  readonly #secure: boolean;

  constructor(server: Server, rawsocket: RawSocketEntrance, patience: Patience) {
    this.#server = server;
    this.#rawsocket = rawsocket;
    this.#silent = new SilentConnections(patience);
    this.#secure = server instanceof TlsServer;
    this.#connections = new TakenOver(server, this.#secure ? 'secureConnection' : 'connection', this.#connected);
    // The handshake of TLS is silence, too.
    if (this.#secure) server.on('connection', this.#handshakeBegan);
  }

  /** From now on connections are HTTP. Those that have said nothing are cut. */
  close(): void {
    this.#connections.giveBack();
    if (this.#secure) this.#server.off('connection', this.#handshakeBegan);
    this.#silent.cut();
  }

  readonly #handshakeBegan = (socket: Socket): void => this.#silent.began(socket);

  readonly #connected = (socket: Socket): void => {
    this.#silent.began(socket);
    firstChunk(socket, (first) => {
      this.#silent.spoke(socket);
      if (first[0] === MAGIC) {
        // An HTTP server's sockets stay open when the other side has ended; a RawSocket's do not.
        socket.allowHalfOpen = false;
        this.#rawsocket.accept(socket, { first });
        return;
      }
      socket.unshift(first);
      this.#connections.pass(socket);
      socket.resume();
    });
  };
}
