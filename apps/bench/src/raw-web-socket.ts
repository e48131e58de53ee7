import { createConnection, type Socket } from 'node:net';

const LAST_SHORT = 125;
const TWO_BYTES = 126;

/**
 * A WebSocket client of little more than a socket, so that a hundred or ten thousand of them cost the measured process's
 * peer nothing to speak of. It reads unfragmented frames of less than 64 KiB and answers pings, as the servers measured send them.
 */
export class RawWebSocket {
  readonly #socket: Socket;
  #message: (bytes: Uint8Array, start: number, end: number) => void = () => {};
  #rest: Buffer | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves when the handshake is done. `message` gets the payload of a frame as a part of what was read. */
  static connect(
    url: string,
    message: (bytes: Uint8Array, start: number, end: number) => void,
    closed: () => void,
  ): Promise<RawWebSocket> {
    const { hostname, port, pathname } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        const head = [
          `GET ${pathname} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Protocol: wamp.2.cbor',
        ];
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
      });
      socket.once('data', (chunk) => {
        const end = chunk.indexOf('\r\n\r\n');
        if (end === -1 || !chunk.toString('latin1', 0, end).startsWith('HTTP/1.1 101 ')) {
          reject(new Error(`${url}: no WebSocket`));
          socket.destroy();
          return;
        }
        const ws = new RawWebSocket(socket);
        ws.#message = message;
        socket.on('data', (bytes) => ws.#read(bytes));
        socket.on('close', closed);
        socket.on('error', () => {});
        if (end + 4 < chunk.length) ws.#read(chunk.subarray(end + 4));
        resolve(ws);
      });
    });
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (at < bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const head = short === TWO_BYTES ? 4 : 2;
      const length = short === TWO_BYTES && at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : short;
      const end = at + head + length;
      if (end > bytes.length) break;
      const opcode = (bytes[at] ?? 0) & 0x0f;
      if (opcode === 2) this.#message(bytes, at + head, end);
      else if (opcode === 9) this.#write(10, bytes.subarray(at + head, end));
      at = end;
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
  }

  /** Sends a binary message. */
  send(payload: Uint8Array): void {
    this.#write(2, payload);
  }

  /** With a mask of zeros, under which everything stays as it is. */
  #write(opcode: number, payload: Uint8Array): void {
    const { length } = payload;
    const head = length <= LAST_SHORT ? Buffer.alloc(6) : Buffer.alloc(8);
    head[0] = 0x80 | opcode;
    if (length <= LAST_SHORT) {
      head[1] = 0x80 | length;
    } else {
      head[1] = 0x80 | TWO_BYTES;
      head.writeUInt16BE(length, 2);
    }
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(payload);
    this.#socket.uncork();
  }

  /** Nobody is told of it. */
  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }
}
