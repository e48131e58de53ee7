// RawSocket with a router and clients of ours, and with a client that this project did not write.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@wamp-run/client';
import { Router } from '@wamp-run/router';
import { rawsocket, rawsocketListener } from '@wamp-run/transport/rawsocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clock, random, SERIALIZERS } from './local.js';

const NAMES = ['json', 'cbor', 'msgpack', 'ubjson', 'flatbuffers'] as const;

interface AutobahnSession {
  call(uri: string, args: unknown[]): Promise<unknown>;
  register(uri: string, f: (args: unknown[]) => unknown): Promise<unknown>;
}
interface AutobahnConnection {
  onopen: (session: AutobahnSession) => void;
  onclose: (reason: string) => boolean;
  open(): void;
  close(): void;
}
const autobahn: { Connection: new (options: object) => AutobahnConnection } = createRequire(import.meta.url)(
  'autobahn',
);

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'router.sock');
}

/** A router that listens over TCP, or at a Unix socket. */
async function routerAt(place: { port: number } | { path: string }): Promise<string> {
  const router = new Router({ realms: ['realm1'], clock, random });
  onTestFinished(() => router.close());
  const { url } = await router.listen(
    rawsocketListener({ ...place, serializers: NAMES.map((name) => SERIALIZERS[name]()), clock }),
  );
  return url;
}

async function joined(url: string, name: keyof typeof SERIALIZERS) {
  const connectors = [rawsocket(url, { serializers: [SERIALIZERS[name]()], clock })];
  const client = new Client({ connectors, realm: 'realm1', retry: false, clock, random });
  onTestFinished(() => client.close());
  return client.joined();
}

const LARGE = 2 ** 40 + 1;

describe.each(['tcp', 'unix'] as const)('over %s', (wire) => {
  const place = () => (wire === 'tcp' ? { port: 0 } : { path: socketPath() });

  test('sessions with different serializers call each other, and hear of each other', async () => {
    const url = await routerAt(place());
    const sessions = await Promise.all(NAMES.map((name) => joined(url, name)));
    for (const [index, session] of sessions.entries()) {
      await session.register(`com.example.add.${NAMES[index]}`, ([a, b]) => (a as number) + (b as number));
    }
    for (const session of sessions) {
      for (const name of NAMES) expect(await session.call(`com.example.add.${name}`, [LARGE, 2])).toBe(LARGE + 2);
    }
    const heard = sessions.map(
      (session) =>
        new Promise((resolve, reject) => {
          session.subscribe('com.example.topic', (args) => resolve(args)).catch(reject);
        }),
    );
    await Promise.all(sessions.map((session) => session.call('com.example.add.json', [1, 1])));
    await sessions[0]?.publish('com.example.topic', ['x', LARGE], { acknowledge: true, excludeMe: false });
    expect(await Promise.all(heard)).toEqual(NAMES.map(() => ['x', LARGE]));
  });

  test("npm's autobahn calls, and is called", async () => {
    const url = await routerAt(place());
    const ours = await joined(url, 'cbor');
    await ours.register('com.example.add', ([a, b]) => (a as number) + (b as number));
    const address =
      wire === 'tcp' ? { host: '127.0.0.1', port: Number(/\d+$/.exec(url)?.[0]) } : { path: url.slice('unix:'.length) };
    const connection = new autobahn.Connection({
      transports: [{ type: 'rawsocket', ...address }],
      realm: 'realm1',
      max_retries: 0,
    });
    onTestFinished(() => connection.close());
    const session = await new Promise<AutobahnSession>((resolve, reject) => {
      connection.onopen = resolve;
      connection.onclose = (reason) => {
        reject(new Error(reason));
        return true;
      };
      connection.open();
    });
    expect(await session.call('com.example.add', [LARGE, 3])).toBe(LARGE + 3);
    const long = 'ü'.repeat(300_000);
    await session.register('com.example.echo', ([text]) => text);
    const echoed = await ours.call('com.example.echo', [long]);
    expect(echoed === long).toBe(true);
  });
});
