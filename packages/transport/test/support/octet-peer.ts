import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A frame as it lay on the wire. */
export interface OctetFrame {
  readonly type: number;
  readonly payload: Buffer;
}

/** One end of a TCP connection that sends the octets a test says, and nothing by itself. */
export class OctetPeer {
  readonly socket: Socket;
  /** When the socket is gone. */
  readonly gone: Promise<void>;
  #bytes = Buffer.alloc(0);
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    this.gone = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    socket.on('error', () => {});
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
    onTestFinished(() => {
      socket.destroy();
    });
  }

  /** Connects to a port of this machine. */
  static to(port: number): OctetPeer {
    return new OctetPeer(connect({ port, host: '127.0.0.1' }));
  }

  write(...octets: number[]): void {
    this.socket.write(Uint8Array.from(octets));
  }

  /** A whole frame. The first octet of its head is what is given here. */
  frame(first: number, payload: Uint8Array | string = ''): void {
    this.socket.write(frameBytes(first, payload));
  }

  /** The next octets; rejects when the other side ends before. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await this.#more();
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  async next(): Promise<OctetFrame> {
    const head = await this.take(4);
    return { type: head[0] as number, payload: await this.take(head.readUIntBE(1, 3)) };
  }

  /** What comes until the other side ends. */
  async rest(): Promise<Buffer> {
    while (!this.#ended) await this.#more().catch(() => {});
    return this.#bytes;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }

  #more(): Promise<void> {
    if (this.#ended) return Promise.reject(new Error('the other side has ended'));
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** A frame's octets. */
export function frameBytes(first: number, payload: Uint8Array | string): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const head = Buffer.from([first, body.length >> 16, body.length >> 8, body.length]);
  return Buffer.concat([head, body]);
}

/** A router made of octets: a port, and each connection to it in turn. */
export async function octetRouter(): Promise<{ port: number; url: string; accept(): Promise<OctetPeer> }> {
  const peers: OctetPeer[] = [];
  const waiting: ((peer: OctetPeer) => void)[] = [];
  const server = createServer((socket) => {
    const peer = new OctetPeer(socket);
    const next = waiting.shift();
    if (next === undefined) peers.push(peer);
    else next(peer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `rs://127.0.0.1:${port}`,
    accept: () => {
      const peer = peers.shift();
      return peer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(peer);
    },
  };
}
