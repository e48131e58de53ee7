// What holds for every wire with sockets: how many system calls the frames of a turn take.
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Transport } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_HELD, LARGE_FRAME, MOST_HELD } from '../../src/coalescer.js';
import { event } from './messages.js';
import { Recorder } from './recorder.js';

type End = 'client' | 'server';

/** How often each end's socket was given something to write, which is a system call each time. */
let writes = { client: 0, server: 0 };

/** Counts what the stream hands down to the operating system. */
function counted(end: End) {
  return (message: unknown) => {
    const { socket } = message as { socket: Socket };
    const [write, writev] = [socket._write.bind(socket), socket._writev?.bind(socket)];
    socket._write = (...all) => {
      writes[end]++;
      write(...all);
    };
    socket._writev = (...all) => {
      writes[end]++;
      writev?.(...all);
    };
  };
}
const onClient = counted('client');
const onServer = counted('server');

/** Tests both ends of connections that are made so. */
export function testHoldingBack(connect: () => Promise<Record<End, Transport>>): void {
  beforeEach(() => {
    channel('net.client.socket').subscribe(onClient);
    channel('net.server.socket').subscribe(onServer);
  });
  afterEach(() => {
    channel('net.client.socket').unsubscribe(onClient);
    channel('net.server.socket').unsubscribe(onServer);
  });

  describe.each(['client', 'server'] as const)('what the %s sends', (end) => {
    async function connected(): Promise<{ sender: Transport; at: Recorder }> {
      const ends = await connect();
      const at = Recorder.on(ends[end === 'client' ? 'server' : 'client']);
      writes = { client: 0, server: 0 };
      return { sender: ends[end], at };
    }

    test('in one turn leaves in one system call', async () => {
      const { sender, at } = await connected();
      for (let n = 0; n < FIRST_HELD; n++) sender.send(event(n));
      expect(writes[end]).toBe(0);
      expect(sender.queuedBytes).toBeGreaterThan(FIRST_HELD * 15);
      await at.count(FIRST_HELD);
      expect(writes[end]).toBe(1);
      expect(sender.queuedBytes).toBe(0);
    });

    test('in one turn leaves in batches where it is many frames, each twice the one before, up to the most', async () => {
      const { sender, at } = await connected();
      const all = FIRST_HELD + 2 * FIRST_HELD + 4 * FIRST_HELD + 2 * MOST_HELD + 1;
      const batches: number[] = [];
      for (let n = 0; n < all; n++) {
        const before = writes[end];
        sender.send(event(n));
        if (writes[end] > before) batches.push(n);
      }
      // The last batch waits for the end of the turn; the others are on their way.
      expect(batches).toEqual([8, 24, 56, 120, 184]);
      await at.count(all);
      expect(at.args).toEqual(Array.from({ length: all }, (_, n) => [n]));
    });

    test('in the next turn is held back from the beginning', async () => {
      const { sender, at } = await connected();
      for (let turn = 1; turn <= 2; turn++) {
        for (let n = 0; n < FIRST_HELD + 1; n++) sender.send(event(n));
        await at.count(turn * (FIRST_HELD + 1));
      }
      expect(writes[end]).toBe(4);
    });

    test('in a turn and its microtasks leaves in one system call', async () => {
      const { sender, at } = await connected();
      for (let n = 0; n < FIRST_HELD; n++) {
        sender.send(event(n));
        await null;
      }
      await at.count(FIRST_HELD);
      expect(writes[end]).toBe(1);
    });

    test('in different turns leaves separately', async () => {
      const { sender, at } = await connected();
      for (let n = 0; n < 10; n++) {
        sender.send(event(n));
        await at.count(n + 1);
      }
      expect(writes[end]).toBe(10);
    });

    test('is not held back where it is large, and takes with it what was', async () => {
      const { sender, at } = await connected();
      const large = event('x'.repeat(LARGE_FRAME));
      sender.send(event(0));
      sender.send(event(1));
      expect(writes[end]).toBe(0);
      sender.send(large);
      expect(writes[end]).toBe(1);
      sender.send(event(2));
      sender.send(event(3));
      expect(writes[end]).toBe(1);
      await at.count(5);
      expect(writes[end]).toBe(2);
      expect(at.args.map(([first]) => String(first).length)).toEqual([1, 1, LARGE_FRAME, 1, 1]);
    });

    test('leaves at once when it closes', async () => {
      const { sender, at } = await connected();
      Recorder.on(sender);
      for (let n = 0; n < FIRST_HELD; n++) sender.send(event(n));
      const closed = sender.close();
      expect(writes[end]).toBe(1);
      await closed;
      await at.end();
      expect(at.messages).toHaveLength(FIRST_HELD);
    });
  });
}
