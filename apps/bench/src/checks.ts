// What checking arguments costs: the same method, called over the memory transport of one process, with and without.
import { randomBytes } from 'node:crypto';
import { Client } from '@wamp-run/client';
import { component, createComponent, describe, register, type Session } from '@wamp-run/component';
import { silent } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { memoryConnector } from '@wamp-run/transport/memory';
import { sideResult } from './rounds.js';
import type { Figures, Row } from './row.js';
import { clock } from './wire.js';

/** One method, offered twice: the declared types of its five arguments are looked at, or are not. */
@component({ prefix: 'com.example.bench' })
class Orders {
  @register('checked')
  @register('unchecked', { check: false })
  order(article: string, quantity: number, express: boolean, price: number, note: string): number {
    return article.length + quantity + (express ? price : 0) + note.length;
  }
}

const ARGS = ['tea', 2, true, 3.5, 'with milk'] as const;
const EXPECTED = 17.5;

/** The last is what the other is held against. */
const SIDES = ['checked', 'unchecked'] as const;

/** Calls in one turn: about a millisecond of them. */
const BATCH = 256;

/** The row `checks`: a checked call beside an unchecked one, one call at a time. */
export const checks: Row = async ({ rounds, seconds }) => {
  const random = (n: number) => randomBytes(n);
  const router = new Router({ realms: ['realm1'], clock, random });
  const client = () =>
    new Client({
      connectors: [memoryConnector((transport) => router.attach(transport))],
      realm: 'realm1',
      retry: false,
      clock,
      random,
    });
  const [callee, caller] = [client(), client()];
  try {
    await offer(await callee.joined());
    const session = await caller.joined();
    // A warm-up, not counted.
    await turns(session, seconds);
    const reports: Figures[][] = SIDES.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, figures] of (await turns(session, seconds)).entries()) reports[i]?.push(figures);
    }
    const [ours, floor] = SIDES.map((side, i) => sideResult(side, reports[i] ?? [], 'time', reports[1] ?? []));
    if (ours === undefined || floor === undefined) throw new Error('a side was not measured');
    const work = 'a call whose five primitive arguments are checked, in one process';
    return [{ work, by: 'time', aim: { atMost: 1.15 }, ours, floor, peers: [] }];
  } finally {
    await Promise.all([caller.close(), callee.close()]);
    await router.close();
  }
};

async function offer(session: Session): Promise<void> {
  const nothing = () => Promise.resolve();
  const { procedures } = createComponent(describe(Orders), {
    config: {
      realm: 'realm1',
      controller: { list: () => [], start: nothing, stop: nothing, restart: nothing },
      shared: new Map(),
      runner: { name: 'bench', version: '0' },
    },
    session,
    log: silent,
  });
  for (const { uri, handler, options } of procedures) await session.register(uri, handler, options);
}

/** One round: both sides for so many seconds each, in turns so short that whatever else the machine does meets both. */
async function turns(session: Session, seconds: number): Promise<Figures[]> {
  const perCall: number[][] = SIDES.map(() => []);
  const spent = SIDES.map(() => 0);
  while (spent.some((ms) => ms < seconds * 1000)) {
    for (const [i, side] of SIDES.entries()) {
      const began = performance.now();
      for (let n = 0; n < BATCH; n++) {
        const result = await session.call(`com.example.bench.${side}`, ARGS);
        if (result !== EXPECTED) throw new Error(`${side}: a wrong answer: ${String(result)}`);
      }
      const ms = performance.now() - began;
      perCall[i]?.push(ms / BATCH);
      spent[i] = (spent[i] ?? 0) + ms;
    }
  }
  return perCall.map((list, i) => figuresOf(list, spent[i] ?? 0));
}

function figuresOf(perCall: readonly number[], ms: number): Figures {
  const sorted = Float64Array.from(perCall).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const calls = perCall.length * BATCH;
  return { perSecond: (calls * 1000) / ms, p50: at(0.5), p99: at(0.99), time: (ms * 1000) / calls };
}
