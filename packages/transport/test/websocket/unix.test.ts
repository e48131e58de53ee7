import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { InvalidConfiguration, TransportLost } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { websocket, websocketListener } from '../../src/websocket/index.js';
import { event } from '../support/messages.js';
import { Recorder } from '../support/recorder.js';
import { freeSocketPath } from '../support/socket-path.js';
import { textSerializer } from '../support/test-serializers.js';
import { never, TestServer } from '../support/websockets.js';

const base = () => ({ serializers: [textSerializer()], clock: new FakeClock() });

async function hello(testServer: TestServer): Promise<void> {
  const { client, server } = await testServer.connect();
  const atServer = Recorder.on(server);
  client.send(event('hello'));
  await atServer.count(1);
}

describe('listening on a Unix socket', () => {
  test.each(['router.sock', 'a b:c?d#e%20é.sock'])('at %j gives the URL where clients get in', async (name) => {
    const socketPath = freeSocketPath(name);
    const testServer = await TestServer.open({ socketPath });
    expect(statSync(socketPath).isSocket()).toBe(true);
    const { client, server } = await testServer.connect();
    for (const { details } of [client, server]) {
      expect(details).toMatchObject({ wire: 'websocket', peer: `unix:${socketPath}`, secure: true });
      expect(details.tls).toBeUndefined();
    }
    await hello(testServer);
    await testServer.listening.close();
    expect(existsSync(socketPath)).toBe(false);
  });

  test('replaces what a dead process left behind', async () => {
    const socketPath = freeSocketPath();
    // Renamed while it is listened on, the file outlives the listening: Node removes the name that it knows.
    const dead = createServer();
    await once(dead.listen({ path: `${socketPath}.old` }), 'listening');
    renameSync(`${socketPath}.old`, socketPath);
    await new Promise((resolve) => dead.close(resolve));
    expect(statSync(socketPath).isSocket()).toBe(true);
    await hello(await TestServer.open({ socketPath }));
  });

  test('leaves alone what somebody listens on, and what is no socket', async () => {
    const socketPath = freeSocketPath();
    const testServer = await TestServer.open({ socketPath });
    const again = websocketListener({ ...base(), socketPath }).listen(() => {});
    await expect(again).rejects.toThrow(InvalidConfiguration);
    await expect(again).rejects.toThrow(socketPath);
    await hello(testServer);
    const file = freeSocketPath('notes.txt');
    writeFileSync(file, 'mine');
    await expect(websocketListener({ ...base(), socketPath: file }).listen(() => {})).rejects.toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('in a folder that there is not says so', async () => {
    const socketPath = `${dirname(freeSocketPath())}/nowhere/router.sock`;
    await expect(websocketListener({ ...base(), socketPath }).listen(() => {})).rejects.toThrow(
      'there is no such folder',
    );
  });
});

describe('connecting to a Unix socket', () => {
  /** What the server there was asked for. */
  async function asked(url: (path: string) => string): Promise<IncomingMessage> {
    const path = freeSocketPath();
    const server = createServer();
    await once(server.listen({ path }), 'listening');
    onTestFinished(() => {
      server.close();
    });
    const request = new Promise<IncomingMessage>((resolve) => {
      server.on('upgrade', (incoming, socket) => {
        socket.destroy();
        resolve(incoming);
      });
    });
    await expect(websocket(url(path), base()).connect(never)).rejects.toBeInstanceOf(TransportLost);
    return request;
  }

  test.each([
    ['ws+unix:, with a path', (path: string) => `ws+unix:${path}:/ws?token=1`, '/ws?token=1'],
    ['ws+unix:, with slashes', (path: string) => `ws+unix://${path}:/ws`, '/ws'],
    ['ws+unix:, without a path', (path: string) => `ws+unix:${path}`, '/'],
    ['Autobahn’s way', (path: string) => `ws://unix:${path}`, '/'],
    ['Autobahn’s way, with a path', (path: string) => `ws://unix:${path}:/ws`, '/ws'],
  ])('%s', async (_name, url, wanted) => {
    const request = await asked(url);
    expect(request.url).toBe(wanted);
    expect(request.headers.host).toBe('localhost');
  });

  test('where nobody listens is told so', async () => {
    const path = freeSocketPath();
    await expect(websocket(`ws+unix:${path}:/ws`, base()).connect(never)).rejects.toThrow(
      `cannot connect to ws+unix:${path}:/ws: there is no socket of that name`,
    );
  });

  test.each([
    ['ws+unix:', 'it has no path of a Unix socket'],
    ['ws+unix://:/ws', 'it'],
    ['ws+unix:/:/ws', 'it has no path of a Unix socket'],
    ['ws+unix://host/path.sock', 'a Unix socket is on this machine, and has no host'],
    ['ws+unix:/run/%zz.sock', 'the path of its Unix socket has a percent sign that stands for nothing'],
    ['ws+unix:/run/x.sock#part', 'it has a fragment'],
  ])('%j is no URL to connect to', (url, complaint) => {
    expect(() => websocket(url, base())).toThrow(InvalidConfiguration);
    expect(() => websocket(url, base())).toThrow(`${JSON.stringify(url)} is not a WebSocket URL: ${complaint}`);
  });

  test('a host that is called unix is one', () => {
    expect(() => websocket('ws://unix/ws', { ...base(), family: 4 })).not.toThrow();
    expect(() => websocket('ws://unix:/ws', { ...base(), family: 4 })).toThrow(
      'family: ws://unix:/ws is a Unix socket',
    );
  });
});
