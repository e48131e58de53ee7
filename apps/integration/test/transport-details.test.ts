import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type SessionDetails } from '@wamp-run/client';
import type { TransportDetails } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import {
  type WebSocketListenerOptions,
  type WebSocketOptions,
  websocket,
  websocketListener,
} from '@wamp-run/transport/websocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clock, random, SERIALIZERS, serializers } from './local.js';

const pem = (name: string): string =>
  readFileSync(new URL(`../../../packages/transport/test/support/certificates/${name}.pem`, import.meta.url), 'utf8');

/** What a session and the router's side say of the connection between them. */
async function detailsOver(
  listener: Partial<WebSocketListenerOptions>,
  connector: Partial<WebSocketOptions>,
): Promise<{ session: SessionDetails; router: TransportDetails }> {
  const router = new Router({ realms: ['realm1'], clock, random });
  const attached: TransportDetails[] = [];
  const inner = websocketListener({ serializers: serializers(), clock, ...listener });
  const { url } = await router.listen({
    listen: (attach) =>
      inner.listen((transport) => {
        attached.push(transport.details);
        attach(transport);
      }),
  });
  onTestFinished(() => router.close());
  const joins: SessionDetails[] = [];
  const client = new Client({
    connectors: [websocket(url, { serializers: [SERIALIZERS.msgpack()], clock, ...connector })],
    realm: 'realm1',
    retry: false,
    clock,
    random,
    hooks: { onJoin: (_session, details) => joins.push(details) },
  });
  onTestFinished(async () => {
    await client.close();
  });
  await client.joined();
  return { session: joins[0] as SessionDetails, router: attached[0] as TransportDetails };
}

describe('what is known of the connection reaches the session', () => {
  test('over TLS, with the certificate of each side and the same ids at both', async () => {
    const { session, router } = await detailsOver(
      { port: 0, tls: { cert: pem('server'), key: pem('server-key'), ca: pem('authority'), requestCert: true } },
      { tls: { ca: pem('authority'), cert: pem('client'), key: pem('client-key') }, compression: true },
    );
    expect(session.transport).toMatchObject({
      wire: 'websocket',
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      serializer: 'msgpack',
      protocol: 'wamp.2.msgpack',
      secure: true,
      tls: { version: 'TLSv1.3', authorized: true, peerCertificate: { commonName: 'router.test' } },
    });
    expect(router).toMatchObject({
      secure: true,
      tls: { authorized: true, peerCertificate: { commonName: 'orders' } },
    });
    const exported = session.transport.channelId?.('tls-exporter');
    expect(exported).toHaveLength(32);
    expect(router.channelId?.('tls-exporter')).toEqual(exported);
  });

  test('over a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wamp-run-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const socketPath = join(folder, 'router.sock');
    const { session, router } = await detailsOver({ socketPath }, {});
    for (const details of [session.transport, router]) {
      expect(details).toMatchObject({ wire: 'websocket', peer: `unix:${socketPath}`, secure: true });
      expect(details).not.toHaveProperty('tls');
    }
  });
});
