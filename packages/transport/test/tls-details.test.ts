import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tlsFieldsOf } from '../src/tls-details.js';
import { tlsClientSettings, tlsServerSettings } from '../src/tls-options.js';
import { certificates } from './support/certificates/index.js';

/** Connects again and again to one server, so that sessions can be resumed. */
async function server(options: TlsOptions = {}) {
  const listening = createServer({ ...certificates.server, ca: certificates.ca, ...options });
  await once(listening.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    listening.close();
  });
  return async (more: ConnectionOptions = {}): Promise<{ client: TLSSocket; served: TLSSocket; session: Buffer }> => {
    const { port } = listening.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', ca: certificates.ca, ...more });
    const session = once(client, 'session');
    const [[served]] = await Promise.all([once(listening, 'secureConnection'), once(client, 'secureConnect')]);
    // Under 1.3 a ticket comes as data does.
    client.resume();
    onTestFinished(() => {
      client.destroy();
    });
    const resumed = client.isSessionReused();
    return { client, served, session: resumed ? Buffer.alloc(0) : ((await session)[0] as Buffer) };
  };
}

describe.each(['TLSv1.3', 'TLSv1.2'] as const)('the channel ids of %s', (maxVersion) => {
  test.each([
    ['a new session', false],
    ['a resumed session', true],
  ])('are the same at both ends, and at no other connection: %s', async (_name, resume) => {
    const open = await server({ maxVersion });
    const first = await open();
    const { client, served } = await open(resume ? { session: first.session } : {});
    expect(client.isSessionReused()).toBe(resume);
    const [mine, theirs, other] = [
      tlsFieldsOf(client, 'client'),
      tlsFieldsOf(served, 'server'),
      tlsFieldsOf(first.client, 'client'),
    ];
    const unique = mine.channelId('tls-unique');
    expect(unique).toHaveLength(32);
    expect(theirs.channelId('tls-unique')).toEqual(unique);
    expect(other.channelId('tls-unique')).not.toEqual(unique);
    if (!resume) expect(unique).toEqual(sha256(client.getFinished() as Buffer));
    const exported = mine.channelId('tls-exporter');
    expect(theirs.channelId('tls-exporter')).toEqual(exported);
    if (maxVersion === 'TLSv1.2') {
      expect(exported).toBeUndefined();
    } else {
      expect(exported).toHaveLength(32);
      expect(exported).not.toEqual(unique);
      expect(other.channelId('tls-exporter')).not.toEqual(exported);
    }
  });

  test('are none once the socket is gone', async () => {
    const { client } = await (await server({ maxVersion }))();
    const { channelId } = tlsFieldsOf(client, 'client');
    client.destroy();
    expect([channelId('tls-exporter'), channelId('tls-unique')]).toEqual([undefined, undefined]);
  });
});

describe('the details', () => {
  test('name version, cipher and the certificates', async () => {
    const open = await server({ requestCert: true });
    const { client, served } = await open(certificates.client);
    expect(tlsFieldsOf(client, 'client').tls).toMatchObject({
      version: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_[A-Z0-9_]+$/),
      authorized: true,
      peerCertificate: { commonName: 'router.test', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(tlsFieldsOf(served, 'server').tls).toMatchObject({
      authorized: true,
      peerCertificate: { commonName: 'orders', fingerprint: fingerprintOf(certificates.client.cert) },
    });
  });

  test('say that nobody vouches for a certificate, or that there is none', async () => {
    const open = await server({ requestCert: true, rejectUnauthorized: false });
    const stranger = await open(certificates.stranger.client);
    expect(tlsFieldsOf(stranger.served, 'server').tls).toMatchObject({
      authorized: false,
      peerCertificate: { commonName: 'orders' },
    });
    const nobody = await open();
    expect(tlsFieldsOf(nobody.served, 'server').tls.authorized).toBe(false);
    expect(tlsFieldsOf(nobody.served, 'server').tls).not.toHaveProperty('peerCertificate');
  });
});

describe('options of TLS', () => {
  const { client, server: identity } = certificates;

  test.each([
    ['an unknown one', { passphrase: 'x' }, 'x: tls.passphrase: there is no such option'],
    ['a certificate without its key', { cert: client.cert }, 'x: tls.cert and tls.key: give both, or neither'],
    ['an authority that is none', { ca: 'nothing' }, 'x: tls.ca: cannot be used'],
    ['a certificate that is none', { cert: 'nothing', key: client.key }, 'x: tls.cert: cannot be used'],
    ['the key of another', { cert: client.cert, key: identity.key }, 'x: tls.key: cannot be used'],
    ['a version that there is not', { minVersion: 'TLSv9' }, 'x: tls.minVersion: cannot be used'],
    ['an empty name', { servername: '' }, 'x: tls.servername: expected a host name'],
    ['no boolean', { rejectUnauthorized: 0 }, 'x: tls.rejectUnauthorized: expected true or false'],
  ])('a client is refused %s', (_name, options, message) => {
    expect(() => tlsClientSettings(options as never, 'x')).toThrow(InvalidConfiguration);
    expect(() => tlsClientSettings(options as never, 'x')).toThrow(message);
  });

  test.each([
    ['nothing', {}, 'x: tls.cert: a listener needs one'],
    ['what a client has', { ...identity, servername: 'x' }, 'x: tls.servername: there is no such option'],
    ['no boolean', { ...identity, requestCert: 'yes' }, 'x: tls.requestCert: expected true or false'],
  ])('a listener is refused %s', (_name, options, message) => {
    expect(() => tlsServerSettings(options as never, 'x')).toThrow(InvalidConfiguration);
    expect(() => tlsServerSettings(options as never, 'x')).toThrow(message);
  });

  test('verify unless told otherwise, and take bytes and lists', () => {
    expect(tlsClientSettings({}, 'x')).toEqual({ minVersion: 'TLSv1.2', rejectUnauthorized: true });
    const ca = [new TextEncoder().encode(certificates.ca), certificates.stranger.ca];
    expect(tlsClientSettings({ ca }, 'x').ca).toEqual([Buffer.from(certificates.ca), certificates.stranger.ca]);
    expect(tlsServerSettings(identity, 'x')).toMatchObject({ requestCert: false, rejectUnauthorized: true });
  });
});

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

function fingerprintOf(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return createHash('sha256').update(der).digest('hex');
}
