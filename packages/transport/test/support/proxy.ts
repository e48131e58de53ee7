import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** What a proxy does when it is asked for a way through. */
export type Answer = (request: IncomingMessage, socket: Duplex) => void;

/** An HTTP proxy that knows CONNECT; what was asked of it is kept. The end of the test closes it. */
export class TestProxy {
  readonly asked: IncomingMessage[] = [];
  readonly sockets: Socket[] = [];
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async open(answer: Answer = through): Promise<TestProxy> {
    const server = createServer((_request, response) => response.writeHead(501).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = new TestProxy((server.address() as AddressInfo).port);
    server.on('connection', (socket) => proxy.sockets.push(socket));
    server.on('connect', (request, socket) => {
      proxy.asked.push(request);
      socket.on('error', () => {});
      // Who does not read does not see the end either, and Node leaves the answer to it to who has the socket.
      socket.on('data', () => {}).on('end', () => socket.end());
      answer(request, socket);
    });
    onTestFinished(() => {
      server.close();
      for (const socket of proxy.sockets) socket.destroy();
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** When nobody is connected any more. */
  async left(): Promise<void> {
    for (const socket of this.sockets) if (!socket.closed) await once(socket, 'close');
  }
}

/** Leads to where it is asked to. */
export function through(request: IncomingMessage, socket: Duplex): void {
  const { hostname, port } = new URL(`http://${request.url}`);
  const far = connect(Number(port), hostname, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\nProxy-Agent: test\r\n\r\n');
    socket.pipe(far).pipe(socket);
  });
  far.on('error', () => socket.destroy());
  far.on('close', () => socket.destroy());
  socket.on('close', () => far.destroy());
}

/** Says no, in these words. */
export function refusing(status: string): Answer {
  return (_request, socket) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
}
