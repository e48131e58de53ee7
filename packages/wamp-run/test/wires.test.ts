import { InvalidConfiguration, type Listening, type Stop, silent, type Transport } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { systemClock, systemRandom } from '../src/system.js';
import { connectorFor, listenerAt, listenerOn } from '../src/wires.js';

const clock = new FakeClock();
const surroundings = { clock, random: systemRandom, log: silent };

describe('the URL of a router', () => {
  test.each([
    ['ws://127.0.0.1:8080/ws', 'ws://127.0.0.1:8080/ws'],
    ['wss://router.example/ws', 'wss://router.example/ws'],
    ['rs://127.0.0.1:8081', 'rs://127.0.0.1:8081'],
    ['rss://router.example', 'rss://router.example:443'],
    ['unix:/run/wamp.sock', 'unix:/run/wamp.sock'],
    ['rs://unix:/run/wamp.sock', 'unix:/run/wamp.sock'],
    ['http://127.0.0.1:8080/lp', 'http://127.0.0.1:8080/lp'],
    ['https://router.example/lp', 'https://router.example/lp'],
  ])('%s leads to %s', async (url, address) => {
    expect((await connectorFor(url, clock)).address).toBe(address);
  });

  test.each(['ftp://127.0.0.1/', 'tcp://127.0.0.1:1', '/run/wamp.sock', '127.0.0.1:8080', ''])(
    '%j is none',
    async (url) => {
      await expect(connectorFor(url, clock)).rejects.toThrow(InvalidConfiguration);
      await expect(connectorFor(url, clock)).rejects.toThrow(/is not a router's URL; write ws:.*rs:.*unix:/);
    },
  );
});

describe('where a router listens', () => {
  test.each([
    ['ws://127.0.0.1:0', /^ws:\/\/127\.0\.0\.1:\d+\/ws$/],
    ['ws://127.0.0.1:0/wamp', /^ws:\/\/127\.0\.0\.1:\d+\/wamp$/],
    ['rs://127.0.0.1:0', /^rs:\/\/127\.0\.0\.1:\d+$/],
    ['http://127.0.0.1:0', /^http:\/\/127\.0\.0\.1:\d+\/lp$/],
    ['http://127.0.0.1:0/poll/', /^http:\/\/127\.0\.0\.1:\d+\/poll$/],
    ['rs://[::1]:0/', /^rs:\/\/\[::1\]:\d+$/],
  ])('%s', async (url, told) => {
    const listening = await (await listenerAt(url, surroundings)).listen(() => {});
    expect(listening.url).toMatch(told);
    await listening.close();
  });

  test.each([
    ['wss://127.0.0.1:0', 'it needs a certificate, which only a program can give (tls of the listener)'],
    ['rss://127.0.0.1:0', 'it needs a certificate, which only a program can give (tls of the listener)'],
    ['rs://127.0.0.1', 'RawSocket needs a port, and has no path'],
    ['rs://127.0.0.1:0/ws', 'RawSocket needs a port, and has no path'],
    ['rs://127.0.0.1:0?x', 'it is not host and port'],
    ['rs://', 'it is not host and port'],
    ['ws://', 'it is not host and port'],
    ['https://127.0.0.1:0', 'it needs a certificate, which only a program can give (tls of the listener)'],
    ['http://', 'it is not host and port'],
    ['tcp://127.0.0.1:0', 'there is no such wire'],
    ['8080', 'there is no such wire'],
    ['', 'there is no such wire'],
  ])('%s is refused', async (url, complaint) => {
    await expect(listenerAt(url, surroundings)).rejects.toThrow(InvalidConfiguration);
    await expect(listenerAt(url, surroundings)).rejects.toThrow(
      `listen: "${url}" cannot be listened at: ${complaint}; write ws:`,
    );
  });
});

test('without a word, a router listens for every wire on one port', async () => {
  const attached: Transport[] = [];
  const all = { clock: systemClock, random: systemRandom, log: silent };
  const listener = await listenerOn({ host: '127.0.0.1', port: 0 }, all);
  const listening: Listening = await listener.listen((transport) => {
    attached.push(transport);
    transport.start({ message: () => {}, closed: () => {} });
  });
  expect(listening.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws$/);
  const place = new URL(listening.url).host;
  const never: Stop = new AbortController().signal;
  const urls = [listening.url, `rs://${place}`, `http://${place}/lp`];
  const clients = await Promise.all(urls.map(async (url) => (await connectorFor(url, systemClock)).connect(never)));
  expect(clients.map(({ details }) => details.wire)).toEqual(['websocket', 'rawsocket', 'longpoll']);
  // One request for each message is what batches save.
  expect(clients[2]?.details.protocol).toBe('wamp.2.cbor.batched');
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(attached.map((transport) => transport.close()));
  await listening.close();
});
