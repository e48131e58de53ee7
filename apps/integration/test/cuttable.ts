import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type ListenOptions, type Server, type Socket } from 'node:net';

/** Passes connections on to a router, until it is cut: as a network does, without a word to either side. */
export class Cuttable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: { port: number; host: string } | { path: string }) {
    this.#server = createServer((near) => {
      const far = connect(to);
      this.#pass(near, far);
      this.#pass(far, near);
    });
  }

  /** A way to the router at this URL; `unixPath` is the file for one that goes over a Unix socket. */
  static async to(url: string, unixPath: string): Promise<{ url: string; cut(): void }> {
    const file = /^(?:ws\+)?unix:([^:]+)/.exec(url)?.[1];
    const { hostname, port } =
      file === undefined ? new URL(url.replace(/^rss?:/, 'http:')) : { hostname: '', port: '' };
    const cuttable = new Cuttable(file === undefined ? { host: hostname, port: Number(port) } : { path: file });
    const place: ListenOptions = file === undefined ? { host: '127.0.0.1', port: 0 } : { path: unixPath };
    await once(cuttable.#server.listen(place), 'listening');
    const own = file === undefined ? `:${(cuttable.#server.address() as AddressInfo).port}` : unixPath;
    return {
      url: file === undefined ? url.replace(`:${port}`, own) : url.replace(file, own),
      cut: () => cuttable.#cut(),
    };
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => {});
    from.on('close', () => to.destroy());
  }

  #cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
