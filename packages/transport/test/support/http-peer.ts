import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { onTestFinished } from 'vitest';

/** What a server answered to a raw request. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A long-poll client made of HTTP requests: it does what a test says, and nothing by itself. */
export class HttpPeer {
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(base: string) {
    this.#base = base;
    onTestFinished(() => this.#agent.destroy());
  }

  /** Sends a request, and resolves with its answer. */
  async ask(
    path: string,
    options: { method?: string; body?: string | Uint8Array; headers?: Record<string, string> } = {},
  ) {
    const { method = 'POST', body, headers = {} } = options;
    const asking = this.begin(path, { method, headers: { ...lengthOf(body), ...headers } });
    asking.request.end(body);
    return asking.answer;
  }

  /** Begins a request whose body is the caller's to write. */
  begin(
    path: string,
    { method = 'POST', headers = {} }: { method?: string; headers?: Record<string, string | number> } = {},
  ): { request: ClientRequest; answer: Promise<RawAnswer> } {
    const asking = request(`${this.#base}${path}`, { method, headers, agent: this.#agent });
    const answer = new Promise<RawAnswer>((resolve, reject) => {
      asking.once('error', reject);
      asking.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
    });
    // A test that cuts the request does not look at the answer.
    answer.catch(() => {});
    return { request: asking, answer };
  }

  /** Opens a transport, and resolves with its id. */
  async open(protocol = 'wamp.2.test-text'): Promise<string> {
    const { body } = await this.ask('/open', { body: JSON.stringify({ protocols: [protocol] }) });
    return JSON.parse(body.toString()).transport;
  }
}

function lengthOf(body: string | Uint8Array | undefined): Record<string, string> {
  return { 'Content-Length': String(body === undefined ? 0 : Buffer.byteLength(body)) };
}
