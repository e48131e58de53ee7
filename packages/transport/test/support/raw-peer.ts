import { connect, type Socket } from 'node:net';

/** A frame as it lay on the wire. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Whether the bit is set that marks a compressed message. */
  readonly compressed: boolean;
}

export const Opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

interface RawPeerOptions {
  readonly path?: string;
  readonly subprotocols?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** A WebSocket client made of a TCP socket: it does what a test says, and nothing by itself. */
export class RawPeer {
  readonly socket: Socket;
  /** When the socket is gone. */
  readonly gone: Promise<void>;
  status = 0;
  /** The head of the answer. */
  head = '';
  /** What follows the head of an answer that is no upgrade. */
  body = '';
  #bytes = Buffer.alloc(0);
  #ended = false;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    this.gone = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    const wake = () => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const go of waiting) go();
    };
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      wake();
    });
  }

  /** Asks the server at this URL for an upgrade; resolves with its answer, whatever it is. */
  static async to(url: string, options: RawPeerOptions = {}): Promise<RawPeer> {
    const { hostname, port, pathname } = new URL(url);
    const { path = pathname, headers = {} } = options;
    const subprotocols = 'subprotocols' in options ? options.subprotocols : 'wamp.2.test-text';
    const peer = new RawPeer(connect({ host: hostname, port: Number(port) }));
    peer.socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ...(subprotocols === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocols}`]),
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '',
        '',
      ].join('\r\n'),
    );
    await peer.#head();
    return peer;
  }

  /** A frame to the server. */
  send(opcode: number, payload: Uint8Array | string, { final = true, reserved = 0 } = {}): void {
    const bytes = Buffer.from(payload as Uint8Array);
    const head = [(final ? 0x80 : 0) | reserved | opcode];
    if (bytes.length < 126) head.push(0x80 | bytes.length);
    else if (bytes.length < 65536) head.push(0x80 | 126, bytes.length >> 8, bytes.length & 255);
    else throw new Error('the raw peer sends no frames of 64 KiB and more');
    // A mask of zeros leaves the payload as it is.
    this.socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes]));
  }

  /** The next frame of the server's; rejects when the socket is gone instead. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#take();
      if (frame !== undefined) return frame;
      await this.#more();
    }
  }

  async #head(): Promise<void> {
    let end = -1;
    while (end < 0) {
      end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) await this.#more();
    }
    this.status = Number(this.#bytes.subarray(9, 12).toString());
    this.head = this.#bytes.subarray(0, end).toString();
    this.#bytes = this.#bytes.subarray(end + 4);
    if (this.status === 101) return;
    await this.gone;
    this.body = this.#bytes.toString();
  }

  #take(): Frame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const short = (bytes[1] as number) & 127;
    const offset = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < offset) return undefined;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < offset + length) return undefined;
    this.#bytes = bytes.subarray(offset + length);
    const first = bytes[0] as number;
    return { opcode: first & 15, payload: bytes.subarray(offset, offset + length), compressed: (first & 0x40) !== 0 };
  }

  #more(): Promise<void> {
    if (this.#ended) return Promise.reject(new Error('the socket is gone'));
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
