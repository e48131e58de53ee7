import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@wamp-run/client';
import { Router } from '@wamp-run/router';
import { memoryConnector } from '@wamp-run/transport/memory';
import { websocketListener } from '@wamp-run/transport/websocket';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finished } from './command.js';
import { clock, random, serializers } from './local.js';

const certificate = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/transport/test/support/certificates/${name}.pem`, import.meta.url));
const pem = (name: string): string => readFileSync(certificate(name), 'utf8');

describe('the command with --url wss://', () => {
  let router: Router;
  let client: Client;
  let url: string;

  beforeAll(async () => {
    router = new Router({ realms: ['realm1'], clock, random });
    const tls = { cert: pem('server'), key: pem('server-key') };
    ({ url } = await router.listen(websocketListener({ port: 0, tls, serializers: serializers(), clock })));
    const connectors = [memoryConnector((transport) => router.attach(transport))];
    client = new Client({ connectors, realm: 'realm1', retry: false, clock, random });
    const session = await client.joined();
    await session.register('com.example.add', ([a, b]) => Number(a) + Number(b));
  });

  afterAll(async () => {
    await client.close();
    await router.close();
  });

  const call = ['call', 'com.example.add', '2', '3'];

  test('trusts the authorities that Node is told of', async () => {
    expect(url).toMatch(/^wss:/);
    const { code, stdout } = await finished([...call, '--url', url], { NODE_EXTRA_CA_CERTS: certificate('authority') });
    expect([code, stdout]).toEqual([0, '5\n']);
  });

  test('does not go on where nobody vouches for the router', async () => {
    const { code, stdout, stderr } = await finished([...call, '--url', url]);
    expect([code, stdout]).toEqual([69, '']);
    expect(stderr).toContain('TLS: the certificate is not accepted');
  });
});
