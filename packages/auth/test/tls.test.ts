import { ERROR_URIS, type TransportDetails } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { ticket } from '../src/ticket/ticket.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { tlsCertificate } from '../src/tls/tls-certificate.js';
import { tlsCertificateVerifier } from '../src/tls/tls-certificate-verifier.js';
import { logIn, PLAIN } from './handshake.js';

const certificate = { commonName: 'sensor.example', fingerprint: 'ab'.repeat(32) };

function wires(authorized: boolean, shown: typeof certificate | null = certificate) {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', authorized };
  const router: TransportDetails = {
    ...PLAIN,
    secure: true,
    tls: shown === null ? tls : { ...tls, peerCertificate: shown },
  };
  return { client: PLAIN, router };
}

const who = { authid: 'sensor', authrole: 'device', realm: 'com.example' };
const byName = tlsCertificateVerifier({ principals: [{ ...who, commonName: 'sensor.example' }] });
const byPrint = tlsCertificateVerifier({ principals: [{ ...who, fingerprint: 'AB:'.repeat(31).concat('AB') }] });
const client = tlsCertificate();
const refused = { by: 'router', reason: ERROR_URIS.authenticationDenied, message: 'the login was refused' };

describe('a TLS certificate', () => {
  test('that an authority vouches for is let in by its name', async () => {
    expect(await logIn({ client, router: byName, wires: wires(true) })).toMatchObject({
      by: 'welcome',
      details: { authid: 'sensor', authrole: 'device', authmethod: 'tls' },
    });
  });

  test('that nobody vouches for is refused by its name, and let in by its fingerprint', async () => {
    expect(await logIn({ client, router: byName, wires: wires(false) })).toEqual(refused);
    expect(await logIn({ client, router: byPrint, wires: wires(false) })).toMatchObject({ by: 'welcome' });
  });

  test.each([
    ['of another', { ...certificate, commonName: 'x', fingerprint: 'cd'.repeat(32) }],
    ['without a name', { commonName: '', fingerprint: 'cd'.repeat(32) }],
  ])('%s is refused', async (_, shown) => {
    expect(await logIn({ client, router: byName, wires: wires(true, shown) })).toEqual(refused);
    expect(await logIn({ client, router: byPrint, wires: wires(true, shown) })).toEqual(refused);
  });

  test('has to fit in name and fingerprint where both are asked for', async () => {
    const both = tlsCertificateVerifier({ principals: [{ ...who, ...certificate }] });
    expect(await logIn({ client, router: both, wires: wires(true) })).toMatchObject({ by: 'welcome' });
    const renewed = { ...certificate, fingerprint: 'cd'.repeat(32) };
    expect(await logIn({ client, router: both, wires: wires(true, renewed) })).toEqual(refused);
    expect(await logIn({ client, router: both, wires: wires(false) })).toEqual(refused);
  });

  test('lets nobody in under another authid, or into another realm', async () => {
    const other = tlsCertificate({ authid: 'admin' });
    expect(await logIn({ client: other, router: byName, wires: wires(true) })).toEqual(refused);
    expect(await logIn({ client, router: byName, wires: wires(true), realm: 'com.elsewhere' })).toEqual(refused);
  });

  test('that is not there leaves the next method its turn', async () => {
    const router = [byName, ticketVerifier({ principals: [{ ...who, ticket: 'x' }] })];
    const both = [client, ticket({ authid: 'sensor', ticket: 'x' })];
    expect(await logIn({ client: both, router, wires: wires(true, null) })).toMatchObject({
      details: { authmethod: 'ticket' },
    });
    expect(await logIn({ client, router, wires: { client: PLAIN, router: PLAIN } })).toEqual({
      by: 'router',
      reason: ERROR_URIS.noMatchingAuthMethod,
    });
  });

  test('is shown to a function, which may not hand out another realm or authid', async () => {
    const claims: unknown[] = [];
    const dynamic = tlsCertificateVerifier({
      principals: (claim) => {
        claims.push(claim);
        return who;
      },
    });
    expect(await logIn({ client, router: dynamic, wires: wires(false) })).toMatchObject({ by: 'welcome' });
    expect(claims).toEqual([{ certificate, authorized: false, authid: undefined, realm: 'com.example' }]);
    expect(await logIn({ client, router: dynamic, wires: wires(true), realm: 'com.elsewhere' })).toEqual(refused);
    const other = tlsCertificate({ authid: 'admin' });
    expect(await logIn({ client: other, router: dynamic, wires: wires(true) })).toEqual(refused);
  });
});
