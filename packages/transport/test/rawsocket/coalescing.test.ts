import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Transport } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_HELD, LARGE_FRAME, MOST_HELD } from '../../src/coalescer.js';
import { event } from '../support/messages.js';
import { RawSocketServer, type Wire } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';

/** How often each side's socket was given something to write, which is a system call each time. */
let writes = { client: 0, server: 0 };

/** Counts what the stream hands down to the operating system. */
function counted(side: 'client' | 'server') {
  return (message: unknown) => {
    const { socket } = message as { socket: Socket };
    const [write, writev] = [socket._write.bind(socket), socket._writev?.bind(socket)];
    socket._write = (...all) => {
      writes[side]++;
      write(...all);
    };
    socket._writev = (...all) => {
      writes[side]++;
      writev?.(...all);
    };
  };
}
const onClient = counted('client');
const onServer = counted('server');

beforeEach(() => {
  channel('net.client.socket').subscribe(onClient);
  channel('net.server.socket').subscribe(onServer);
});
afterEach(() => {
  channel('net.client.socket').unsubscribe(onClient);
  channel('net.server.socket').unsubscribe(onServer);
});

describe.each(['tcp', 'unix'] as const)('over %s', (wire: Wire) => {
  describe.each(['client', 'server'] as const)('what the %s sends', (side) => {
    async function connected(): Promise<{ sender: Transport; at: Recorder }> {
      const testServer = await RawSocketServer.open({}, wire);
      const ends = await testServer.connect();
      const sender = ends[side];
      const at = Recorder.on(ends[side === 'client' ? 'server' : 'client']);
      writes = { client: 0, server: 0 };
      return { sender, at };
    }

    test('in one turn leaves in one system call', async () => {
      const { sender, at } = await connected();
      for (let n = 0; n < FIRST_HELD; n++) sender.send(event(n));
      expect(writes[side]).toBe(0);
      expect(sender.queuedBytes).toBeGreaterThan(FIRST_HELD * 15);
      await at.count(FIRST_HELD);
      expect(writes[side]).toBe(1);
    });

    test('in one turn leaves in batches where it is many frames, each twice the one before, up to the most', async () => {
      const { sender, at } = await connected();
      const all = FIRST_HELD + 2 * FIRST_HELD + 4 * FIRST_HELD + 2 * MOST_HELD;
      const ends: number[] = [];
      for (let n = 0; n < all; n++) {
        const before = writes[side];
        sender.send(event(n));
        if (writes[side] > before) ends.push(n);
      }
      // The last batch waits for the end of the turn; the others are on their way.
      expect(ends).toEqual([8, 24, 56, 120]);
      await at.count(all);
      expect(at.args).toEqual(Array.from({ length: all }, (_, n) => [n]));
    });

    test('in the next turn is held back from the beginning', async () => {
      const { sender, at } = await connected();
      for (let turn = 1; turn <= 2; turn++) {
        for (let n = 0; n < FIRST_HELD + 1; n++) sender.send(event(n));
        await at.count(turn * (FIRST_HELD + 1));
      }
      expect(writes[side]).toBe(4);
    });

    test('in a turn and its microtasks leaves in one system call', async () => {
      const { sender, at } = await connected();
      for (let n = 0; n < FIRST_HELD; n++) {
        sender.send(event(n));
        await null;
      }
      await at.count(FIRST_HELD);
      expect(writes[side]).toBe(1);
    });

    test('in different turns leaves separately', async () => {
      const { sender, at } = await connected();
      for (let n = 0; n < 10; n++) {
        sender.send(event(n));
        await at.count(n + 1);
      }
      expect(writes[side]).toBe(10);
    });

    test('is not held back where it is large, and takes with it what was', async () => {
      const { sender, at } = await connected();
      sender.send(event(0));
      sender.send(event(1));
      expect(writes[side]).toBe(0);
      sender.send(event('x'.repeat(LARGE_FRAME)));
      expect(writes[side]).toBe(1);
      sender.send(event(2));
      sender.send(event(3));
      expect(writes[side]).toBe(1);
      await at.count(5);
      expect(writes[side]).toBe(2);
      expect(at.args.map(([first]) => String(first).length)).toEqual([1, 1, LARGE_FRAME, 1, 1]);
    });

    test('leaves at once when it closes', async () => {
      const { sender, at } = await connected();
      Recorder.on(sender);
      for (let n = 0; n < FIRST_HELD; n++) sender.send(event(n));
      const closed = sender.close();
      expect(writes[side]).toBe(1);
      await closed;
      await at.end();
      expect(at.messages).toHaveLength(FIRST_HELD);
    });
  });
});
