// A client that says what it is told to, as a list, over RawSocket with JSON: also what no client of ours would.
import { connect, type Socket } from 'node:net';
import type { CommandFolder } from './command-folder.js';

const JSON_AT_MOST_16_MIB = [0x7f, 0xf1, 0, 0];

export class RawClient {
  readonly #socket: Socket;
  readonly #messages: unknown[][] = [];
  #bytes = Buffer.alloc(0);
  /** What it answers to the first four bytes was seen. */
  #greeted = false;
  #ended = false;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('data', (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#read();
    });
  }

  /** Connected, with nothing said. @param url of any wire at the router's port */
  static async connect(folder: CommandFolder, url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    folder.atEnd(async () => socket.destroy());
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(Buffer.from(JSON_AT_MOST_16_MIB));
    return new RawClient(socket);
  }

  /** Joined; what WELCOME says is `details`. */
  static async join(
    folder: CommandFolder,
    url: string,
    realm = 'realm1',
  ): Promise<{ raw: RawClient; details: Record<string, unknown> }> {
    const raw = await RawClient.connect(folder, url);
    const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} };
    raw.say([1, realm, { roles }]);
    const [, , details] = (await raw.next()) ?? [];
    return { raw, details: details as Record<string, unknown> };
  }

  /** Says all of it at once. */
  say(...messages: readonly unknown[][]): void {
    const frames = messages.map((message) => {
      const text = Buffer.from(JSON.stringify(message));
      const head = Buffer.alloc(4);
      head.writeUIntBE(text.length, 1, 3);
      return Buffer.concat([head, text]);
    });
    this.#socket.write(Buffer.concat(frames));
  }

  /** The next message; undefined when the connection has ended. */
  async next(): Promise<unknown[] | undefined> {
    while (this.#messages.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#messages.shift();
  }

  /** All messages until the connection ends. */
  async rest(): Promise<unknown[][]> {
    const all: unknown[][] = [];
    for (let message = await this.next(); message !== undefined; message = await this.next()) all.push(message);
    return all;
  }

  #read(): void {
    if (!this.#greeted && this.#bytes.length >= 4) {
      this.#greeted = true;
      this.#bytes = this.#bytes.subarray(4);
    }
    if (!this.#greeted) return;
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readUIntBE(1, 3)) {
      const end = 4 + this.#bytes.readUIntBE(1, 3);
      // Of the kinds of frames only the first holds a message.
      if (this.#bytes[0] === 0) this.#messages.push(JSON.parse(this.#bytes.toString('utf8', 4, end)));
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
