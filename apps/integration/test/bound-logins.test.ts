// Logins that belong to their TLS connection, on both wires: what somebody between the two can pass on, and what not.
import { readFileSync } from 'node:fs';
import { cryptosign, cryptosignVerifier, keyFromSeed } from '@wamp-run/auth/cryptosign';
import { scram, scramCredential, scramVerifier } from '@wamp-run/auth/scram';
import { tlsCertificate, tlsCertificateVerifier } from '@wamp-run/auth/tls';
import { Client, type SessionDetails } from '@wamp-run/client';
import type {
  ChannelBinding,
  ClientAuthenticator,
  Connector,
  Listener,
  Message,
  RouterAuthenticator,
  Transport,
} from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { rawsocket, rawsocketListener } from '@wamp-run/transport/rawsocket';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clock, random, serializers } from './local.js';

const pem = (name: string): string =>
  readFileSync(new URL(`../../../packages/transport/test/support/certificates/${name}.pem`, import.meta.url), 'utf8');

const peter = { authid: 'peter', authrole: 'user', realm: 'realm1' };
const PASSWORD = 'correct horse';
const key = keyFromSeed('4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510');
const routerKey = keyFromSeed('aa57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510');
const server = { cert: pem('server'), key: pem('server-key'), ca: pem('authority') };

type Certificate = { cert?: string; key?: string };
const WIRES = {
  WebSocket: {
    listener: (asks: boolean): Listener => websocketListener(listening(asks)),
    connector: (url: string, own: Certificate = {}): Connector => websocket(url, connecting(own)),
  },
  RawSocket: {
    listener: (asks: boolean): Listener => rawsocketListener(listening(asks)),
    connector: (url: string, own: Certificate = {}): Connector => rawsocket(url, connecting(own)),
  },
};

function listening(asks: boolean) {
  const tls = { ...server, requestCert: asks, rejectUnauthorized: false };
  return { port: 0, serializers: serializers(), clock, tls };
}

function connecting(own: Certificate) {
  return { serializers: serializers(), clock, tls: { ca: pem('authority'), ...own } };
}

const stop = { aborted: false, reason: undefined, addEventListener() {}, removeEventListener() {} };

async function routerAt(listener: Listener, authenticators: RouterAuthenticator[]): Promise<string> {
  const router = new Router({ realms: ['realm1'], authenticators, clock, random });
  onTestFinished(() => router.close());
  return (await router.listen(listener)).url;
}

/** Somebody with a certificate that clients believe, who passes on every message as it is. */
async function between(wire: keyof typeof WIRES, url: string): Promise<string> {
  const { listener, connector } = WIRES[wire];
  const relay = await listener(false).listen(async (client) => {
    const early: Message[] = [];
    let router: Transport | undefined;
    client.start({
      message: (message) => (router === undefined ? early.push(message) : router.send(message)),
      closed: () => void router?.close(),
    });
    router = await connector(url).connect(stop);
    router.start({ message: (message) => client.send(message), closed: () => void client.close() });
    for (const message of early) router.send(message);
  });
  onTestFinished(() => relay.close());
  return relay.url;
}

/** Tries to join: who it is then, or the reason why not. */
async function tried(connector: Connector, authenticator: ClientAuthenticator): Promise<string> {
  const joins: SessionDetails[] = [];
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    authenticators: [authenticator],
    retry: false,
    clock,
    random,
    hooks: { onJoin: (_session, details) => joins.push(details) },
  });
  try {
    await client.joined();
    return `${joins[0]?.authid} ${joins[0]?.authmethod}`;
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  } finally {
    await client.close().catch(() => {});
  }
}

describe.each(Object.keys(WIRES) as (keyof typeof WIRES)[])('over %s with TLS', (wire) => {
  const { listener, connector } = WIRES[wire];

  describe.each<ChannelBinding>(['tls-exporter', 'tls-unique'])('cryptosign, bound by %s', (channelBinding) => {
    const verifier = (requireChannelBinding: boolean) =>
      cryptosignVerifier({
        principals: [{ ...peter, publicKeys: [key.publicKey] }],
        key: routerKey,
        requireChannelBinding,
      });
    const routerKeys = [routerKey.publicKey];

    test('is let in, and the router proves itself over the same connection', async () => {
      const url = await routerAt(listener(false), [verifier(true)]);
      expect(await tried(connector(url), cryptosign({ key, channelBinding, routerKeys }))).toBe('peter cryptosign');
      expect(await tried(connector(url), cryptosign({ key, routerKeys }))).toBe('wamp.error.authentication_failed');
    });

    test('cannot be passed on; one that is not bound can', async () => {
      const url = await between(wire, await routerAt(listener(false), [verifier(false)]));
      expect(await tried(connector(url), cryptosign({ key, routerKeys }))).toBe('peter cryptosign');
      expect(await tried(connector(url), cryptosign({ key, channelBinding }))).toBe('wamp.error.authentication_denied');
      // The router's own proof is over the other connection, too.
      const proven = await tried(connector(url), cryptosign({ key, channelBinding, routerKeys }));
      expect(proven).toBe('wamp.error.cannot_authenticate');
    });
  });

  test('scram, bound by tls-exporter, cannot be passed on', async () => {
    const credential = await scramCredential(PASSWORD, { kdf: 'pbkdf2', iterations: 4_096 });
    const url = await routerAt(listener(false), [scramVerifier({ principals: [{ ...peter, ...credential }] })]);
    const bound = scram({ authid: 'peter', password: PASSWORD, channelBinding: 'tls-exporter' });
    expect(await tried(connector(url), bound)).toBe('peter wamp-scram');
    const relayed = await between(wire, url);
    expect(await tried(connector(relayed), scram({ authid: 'peter', password: PASSWORD }))).toBe('peter wamp-scram');
    expect(await tried(connector(relayed), bound)).toBe('wamp.error.authentication_denied');
  });

  test('a client certificate is a login of its own connection: with it, without, and through somebody else', async () => {
    const url = await routerAt(listener(true), [
      tlsCertificateVerifier({ principals: [{ ...peter, commonName: 'orders' }] }),
    ]);
    const own = { cert: pem('client'), key: pem('client-key') };
    expect(await tried(connector(url, own), tlsCertificate())).toBe('peter tls');
    expect(await tried(connector(url, own), tlsCertificate({ authid: 'ann' }))).toBe(
      'wamp.error.authentication_denied',
    );
    expect(await tried(connector(url), tlsCertificate())).toBe('wamp.error.no_matching_auth_method');
    // Of another name; and of the same, but of an authority that nobody here trusts.
    for (const name of ['server', 'stranger-client']) {
      const another = { cert: pem(name), key: pem(`${name}-key`) };
      expect(await tried(connector(url, another), tlsCertificate()), name).toBe('wamp.error.authentication_denied');
    }
    const relayed = await between(wire, url);
    expect(await tried(connector(relayed, own), tlsCertificate())).toBe('wamp.error.no_matching_auth_method');
  });
});
