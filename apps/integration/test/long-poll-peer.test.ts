// The long-poll client in the field that this project did not write: Autobahn|JS, in a browser's place.
import { createRequire } from 'node:module';
import { Client, type Session } from '@wamp-run/client';
import type { Value } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { json } from '@wamp-run/serializers/json';
import { longpoll, longpollListener } from '@wamp-run/transport/longpoll';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clock, random } from './local.js';

const require = createRequire(import.meta.url);

/** As much of a browser's XMLHttpRequest as Autobahn|JS uses. */
class XMLHttpRequest {
  onreadystatechange = () => {};
  ontimeout = () => {};
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  timeout = 0;
  withCredentials = false;
  #url = '';
  #headers: Record<string, string> = {};

  open(_method: string, url: string): void {
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  send(body?: string): void {
    const init = { method: 'POST', headers: this.#headers, ...(body === undefined ? {} : { body }) };
    fetch(this.#url, init)
      .then(async (response) => {
        this.status = response.status;
        this.statusText = response.statusText;
        this.responseText = await response.text();
      })
      .catch(() => {})
      .finally(() => {
        this.readyState = 4;
        this.onreadystatechange();
      });
  }
}

interface AutobahnSession {
  call(procedure: string, args?: unknown[], kwargs?: object): Promise<unknown>;
  register(procedure: string, handler: (args: number[]) => unknown): Promise<unknown>;
  subscribe(topic: string, handler: (args: Value[]) => void): Promise<unknown>;
}
interface AutobahnConnection {
  onopen: (session: AutobahnSession) => void;
  onclose: (reason: string, details: unknown) => boolean;
  open(): void;
  close(): void;
}
type Autobahn = { Connection: new (options: object) => AutobahnConnection };

async function routerFor(acceptedStatus: 202 | 204) {
  const router = new Router({ realms: ['realm1'], clock, random, closeTimeout: 100 });
  const { url } = await router.listen(
    longpollListener({ port: 0, serializers: [json()], clock, random, acceptedStatus, closeTimeout: 100 }),
  );
  return { router, url };
}

function opened(url: string): { connection: AutobahnConnection; session: Promise<AutobahnSession> } {
  Object.assign(globalThis, { WebSocket, XMLHttpRequest });
  const { Connection } = require('autobahn') as Autobahn;
  const connection = new Connection({
    transports: [{ type: 'longpoll', url }],
    realm: 'realm1',
    max_retries: 0,
  });
  const session = new Promise<AutobahnSession>((resolve, reject) => {
    connection.onopen = resolve;
    connection.onclose = (reason, details) => {
      reject(new Error(`${reason}: ${JSON.stringify(details)}`));
      return true;
    };
    connection.open();
  });
  return { connection, session };
}

describe("npm's autobahn over long-poll, answered as Crossbar.io does", () => {
  let router: Router;
  let theirs: AutobahnSession;
  let connection: AutobahnConnection;
  let client: Client;
  let ours: Session;
  beforeAll(async () => {
    const made = await routerFor(204);
    router = made.router;
    const autobahn = opened(made.url);
    connection = autobahn.connection;
    theirs = await autobahn.session;
    client = new Client({
      connectors: [longpoll(made.url, { serializers: [json()], clock })],
      realm: 'realm1',
      retry: false,
      clock,
      random,
    });
    ours = await client.joined();
  });
  afterAll(async () => {
    connection.close();
    await client.close();
    await router.close();
  });

  test('calls, and is called', async () => {
    await ours.register('com.example.add', ([a, b]) => Number(a) + Number(b));
    expect(await theirs.call('com.example.add', [2, 2 ** 40])).toBe(2 ** 40 + 2);
    await theirs.register('com.example.autobahn.max', (args) => Math.max(...args));
    expect(await ours.call('com.example.autobahn.max', [1, 9, 3])).toBe(9);
  });

  test('hears events, in order', async () => {
    const seen: Value[] = [];
    let wake = () => {};
    await theirs.subscribe('com.example.topic', ([n]) => {
      seen.push(n as Value);
      wake();
    });
    for (let n = 0; n < 20; n++) ours.publish('com.example.topic', [n]);
    while (seen.length < 20) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

test("npm's autobahn does not go on over the specification's 202", async () => {
  const { router, url } = await routerFor(202);
  const { session } = opened(url);
  await expect(session).rejects.toThrow();
  await router.close();
});
