import { connect } from 'node:net';
import { InvalidConfiguration } from '@wamp-run/protocol';
import type { ComponentStatus } from '@wamp-run/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusTable } from '../src/commands/status.js';
import { Health, type Readiness, type ReadinessParts, readinessOf } from '../src/health.js';

let health: Health;
let told: Readiness;
beforeEach(async () => {
  told = { status: 'ready', components: [] };
  health = await Health.listen({ port: 0 }, () => told);
});
afterEach(() => health.close());

const ask = async (path: string, method = 'GET') => {
  const response = await fetch(health.url + path, { method });
  return [response.status, await response.text()] as const;
};

/** What comes back for these bytes, until the connection ends. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(health.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (data) => {
      text += data;
    });
    socket.on('error', () => {}).on('close', () => resolve(text));
  });
}

describe('the port of health', () => {
  test('tells of life and of readiness, and of nothing else', async () => {
    expect(await ask('/livez')).toEqual([200, '{"status":"alive"}\n']);
    expect(await ask('/readyz?verbose')).toEqual([200, '{"status":"ready","components":[]}\n']);
    expect((await ask('/readyz', 'HEAD'))[0]).toBe(200);
    for (const path of ['/', '/readyz/', '/livez/../x', '/metrics', '//livez']) expect((await ask(path))[0]).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask('/livez', method))[0]).toBe(405);
  });

  test.each(['not ready', 'starting', 'draining'] as const)('%s is 503, and the process lives', async (status) => {
    told = { status, components: [] };
    expect(await ask('/readyz')).toEqual([503, `{"status":"${status}","components":[]}\n`]);
    expect((await ask('/livez'))[0]).toBe(200);
  });

  test('keeps no connection, and does not wait for a body', async () => {
    expect(await raw('POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 405 .*connection: close/is,
    );
  });

  test('a head that is too long, and what is no HTTP, are refused', async () => {
    expect(await raw(`GET /livez HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
    expect(await raw('\x7f\x10\x00\x00\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  });

  test('more than 64 connections are not taken', async () => {
    const { hostname, port } = new URL(health.url);
    const sockets = Array.from({ length: 64 }, () => connect(Number(port), hostname));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect(await raw('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    for (const socket of sockets) socket.destroy();
  });

  test('closes although somebody is silent on it', async () => {
    const silent = raw('GET /livez');
    await ask('/livez');
    await health.close();
    await silent;
    await expect(ask('/livez')).rejects.toThrow();
  });

  test('a port in use is refused', async () => {
    const port = Number(new URL(health.url).port);
    await expect(Health.listen({ port }, () => told)).rejects.toThrow(InvalidConfiguration);
    await expect(Health.listen({ port }, () => told)).rejects.toThrow(
      /^health: cannot listen at 127\.0\.0\.1:\d+: .*EADDRINUSE/,
    );
  });
});

const component = {
  name: 'Orders',
  realm: 'shop',
  state: 'running' as const,
  procedures: ['com.shop.create'],
  topics: [],
  missing: [],
  joined: true,
  running: 0,
  slow: 0,
  blocked: undefined,
  restarts: 0,
  waitsFor: [],
  critical: false,
  error: undefined,
};

const readiness = (components: readonly ComponentStatus[], more: Partial<ReadinessParts> = {}) =>
  readinessOf({ components, draining: false, blocked: undefined, ...more });

describe('readiness', () => {
  test('is that all are in service with all they offer', () => {
    expect(readiness([component, component]).status).toBe('ready');
    expect(readiness([component, { ...component, missing: ['com.shop.create'] }]).status).toBe('not ready');
    for (const state of ['idle', 'starting', 'waiting', 'draining', 'stopped', 'failed'] as const) {
      expect(readiness([component, { ...component, state }]).status).toBe('not ready');
    }
    expect(readiness([component], { draining: true }).status).toBe('draining');
  });

  test('names the component, what is missing, and why', () => {
    const error = new Error('no such realm');
    const told = readiness([{ ...component, state: 'waiting', missing: ['com.shop.create'], error }]);
    expect(told.components).toEqual([
      {
        name: 'Orders',
        realm: 'shop',
        state: 'waiting',
        restarts: 0,
        slow: 0,
        waitsFor: [],
        critical: false,
        missing: ['com.shop.create'],
        error: 'no such realm',
      },
    ]);
    expect(statusTable(told).split('\n')).toEqual([
      'not ready',
      'Orders  waiting in shop: no such realm',
      '        missing com.shop.create',
    ]);
  });

  test('tells restarts, what is critical, what takes long, and what it waits for', () => {
    const state = 'idle' as const;
    const waiting = { ...component, state, restarts: 1, critical: true, waitsFor: ['Stock', 'com.stock.take'] };
    const often = { ...component, name: 'Mail', restarts: 2, slow: 3 };
    expect(statusTable(readiness([waiting, often])).split('\n')).toEqual([
      'not ready',
      'Orders  idle in shop (critical, 1 restart)',
      '        waits for Stock',
      '        waits for com.stock.take',
      'Mail    running in shop (2 restarts, 3 slow)',
    ]);
  });

  test('tells who has kept the event loop, and is ready all the same', () => {
    const one = { ...component, blocked: { what: ['com.shop.create'], ms: 2_500, ago: 1_600 } };
    const told = readiness([one, { ...component, name: 'Mail' }], { blocked: { what: [], ms: 1_500, ago: 59_000 } });
    expect(told).toMatchObject({
      status: 'ready',
      components: [{ blocked: { what: ['com.shop.create'], ms: 2_500, ago: 1_600 } }, {}],
      blocked: { what: [], ms: 1_500, ago: 59_000 },
    });
    expect(told.components[1]).not.toHaveProperty('blocked');
    expect(statusTable(told).split('\n')).toEqual([
      'ready',
      'Orders  running in shop',
      '        com.shop.create kept the event loop for 2500 ms, 2 s ago',
      'Mail    running in shop',
      'the event loop was kept for 1500 ms, 59 s ago; nothing was being handled',
    ]);
    const unclear = { what: ['com.shop.create', 'com.shop.list'], ms: 1_500, ago: 0 };
    expect(statusTable(readiness([], { blocked: unclear })).split('\n')).toEqual([
      'ready',
      'the event loop was kept for 1500 ms, 0 s ago; while com.shop.create, com.shop.list was being handled',
    ]);
  });

  test('of another version of this command is told as far as it goes', () => {
    const { name, realm, state } = component;
    expect(statusTable({ status: 'ready', components: [{ name, realm, state } as never] })).toBe(
      'ready\nOrders  running in shop',
    );
  });
});
