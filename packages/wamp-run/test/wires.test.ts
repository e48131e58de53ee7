import { InvalidConfiguration } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { connectorFor, listenerAt } from '../src/wires.js';

const clock = new FakeClock();

describe('the URL of a router', () => {
  test.each([
    ['ws://127.0.0.1:8080/ws', 'ws://127.0.0.1:8080/ws'],
    ['wss://router.example/ws', 'wss://router.example/ws'],
    ['rs://127.0.0.1:8081', 'rs://127.0.0.1:8081'],
    ['rss://router.example', 'rss://router.example:443'],
    ['unix:/run/wamp.sock', 'unix:/run/wamp.sock'],
    ['rs://unix:/run/wamp.sock', 'unix:/run/wamp.sock'],
  ])('%s leads to %s', (url, address) => {
    expect(connectorFor(url, clock).address).toBe(address);
  });

  test.each(['http://127.0.0.1/', 'tcp://127.0.0.1:1', '/run/wamp.sock', '127.0.0.1:8080', ''])('%j is none', (url) => {
    expect(() => connectorFor(url, clock)).toThrow(InvalidConfiguration);
    expect(() => connectorFor(url, clock)).toThrow(/is not a router's URL; write ws:.*rs:.*unix:/);
  });
});

describe('where a router listens', () => {
  test.each([
    ['ws://127.0.0.1:0', /^ws:\/\/127\.0\.0\.1:\d+\/ws$/],
    ['ws://127.0.0.1:0/wamp', /^ws:\/\/127\.0\.0\.1:\d+\/wamp$/],
    ['rs://127.0.0.1:0', /^rs:\/\/127\.0\.0\.1:\d+$/],
    ['rs://[::1]:0/', /^rs:\/\/\[::1\]:\d+$/],
  ])('%s', async (url, told) => {
    const listening = await listenerAt(url, clock).listen(() => {});
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
    ['http://127.0.0.1:0', 'there is no such wire'],
    ['8080', 'there is no such wire'],
    ['', 'there is no such wire'],
  ])('%s is refused', (url, complaint) => {
    expect(() => listenerAt(url, clock)).toThrow(InvalidConfiguration);
    expect(() => listenerAt(url, clock)).toThrow(`listen: "${url}" cannot be listened at: ${complaint}; write ws:`);
  });
});
