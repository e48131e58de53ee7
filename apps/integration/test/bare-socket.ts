import { connect, type Socket } from 'node:net';
import type { Message } from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';

const serializer = cbor();

/**
 * A WebSocket client that is little more than its socket: so quick that what is measured is the router, and free to read
 * nothing at all. It takes the small frames of a router that speaks CBOR, and hands their bytes on.
 */
export class BareSocket {
  readonly #socket: Socket;
  #onFrame: (bytes: Buffer) => void = () => {};
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => this.#read(data));
  }

  static async connect(url: string): Promise<BareSocket> {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    const upgraded = new Promise<void>((resolve) => {
      // Nothing of the router's comes before HELLO, so that this is the head of the answer and no more.
      socket.once('data', () => resolve());
    });
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Protocol: wamp.2.cbor\r\n\r\n',
    );
    await upgraded;
    return new BareSocket(socket);
  }

  /** Sends a message, and resolves with the bytes of the next that comes. */
  ask(message: Message): Promise<Buffer> {
    const answer = new Promise<Buffer>((resolve) => {
      this.#onFrame = resolve;
    });
    this.write(framed(serializer.encode(message)));
    return answer;
  }

  onFrame(run: (bytes: Buffer) => void): void {
    this.#onFrame = run;
  }

  write(frames: Uint8Array): void {
    this.#socket.write(frames);
  }

  /** From now on nothing is read. */
  sleep(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    const all = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    let at = 0;
    while (all.length - at >= 4) {
      const short = all[at + 1] as number;
      const begin = short < 126 ? at + 2 : at + 4;
      const end = begin + (short < 126 ? short : all.readUInt16BE(at + 2));
      if (end > all.length) break;
      this.#onFrame(all.subarray(begin, end));
      at = end;
    }
    this.#rest = all.subarray(at);
  }
}

/** One masked binary frame, with a mask of zeros. */
export function framed(bytes: Uint8Array): Buffer {
  const length = bytes.length < 126 ? [0x80 | bytes.length] : [0xfe, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([0x82, ...length, 0, 0, 0, 0]), bytes]);
}
