import { type Dict, goodbyeMessage, MessageType } from '@wamp-run/protocol';
import { check, includes, same } from './checks.js';
import { argsOf, type ConformanceClient } from './conformance-client.js';
import { type Rule, rules } from './rule.js';

/** The next event that is about this session: others may come and go while a test runs. */
async function eventOf(client: ConformanceClient, session: number): Promise<unknown[]> {
  for (;;) {
    const args = argsOf(await client.event());
    const [first] = args;
    if (first === session || (first as Dict | undefined)?.session === session) return args;
  }
}

export const META_RULES: readonly Rule[] = [
  ...rules('session_meta_api', {
    'wamp.session.count, list and get': async (room) => {
      const [one, two] = [await room.join(), await room.join()];
      const [count] = await one.ask('wamp.session.count');
      check(typeof count === 'number' && count >= 2, `count: ${String(count)}`);
      const [ids] = (await one.ask('wamp.session.list')) as [number[]];
      check(ids.includes(one.session) && ids.includes(two.session), 'list lacks a session');
      const [details] = await one.ask('wamp.session.get', [two.session]);
      const { authid, authrole } = two.details;
      includes(details, { session: two.session, authid, authrole }, 'get');
      same(await one.refused('wamp.session.get', [2 ** 50]), 'wamp.error.no_such_session', 'get of nobody');
    },
    'on_join and on_leave': async (room) => {
      const watcher = await room.join();
      await watcher.subscribe('wamp.session.on_join');
      await watcher.subscribe('wamp.session.on_leave');
      const client = await room.join();
      const [joined] = await eventOf(watcher, client.session);
      includes(joined, { session: client.session, authid: client.details.authid }, 'on_join');
      await client.leave();
      const { authid, authrole } = client.details;
      same(await eventOf(watcher, client.session), [client.session, authid, authrole], 'on_leave');
    },
    'kill: GOODBYE with reason and message; never the own session': async (room) => {
      const [one, two] = [await room.join(), await room.join()];
      await one.ask('wamp.session.kill', [two.session], { reason: 'com.enough', message: 'go' });
      const goodbye = await two.expect(MessageType.GOODBYE);
      same([goodbye.reason, goodbye.details.message], ['com.enough', 'go'], 'GOODBYE');
      same(await one.refused('wamp.session.kill', [one.session]), 'wamp.error.no_such_session', 'the own session');
      const bad = await one.refused('wamp.session.kill', [two.session], { reason: 'not a uri' });
      same(bad, 'wamp.error.invalid_uri', 'a reason that is no URI');
    },
    'kill without a reason: wamp.close.killed': async (room) => {
      const [one, two] = [await room.join(), await room.join()];
      await one.ask('wamp.session.kill', [two.session]);
      same((await two.expect(MessageType.GOODBYE)).reason, 'wamp.close.killed', 'the reason');
    },
  }),
  ...rules('testament_meta_api', {
    'testaments are published at the end: detached before destroyed, in order': async (room) => {
      const [watcher, client] = [await room.join(), await room.join()];
      await watcher.subscribe(room.uri('will'));
      const add = (text: string, scope: string) =>
        client.ask('wamp.session.add_testament', [room.uri('will'), [text], {}], { scope });
      for (const [text, scope] of [
        ['third', 'destroyed'],
        ['first', 'detached'],
        ['fourth', 'destroyed'],
        ['second', 'detached'],
      ] as const) {
        await add(text, scope);
      }
      await client.close();
      for (const text of ['first', 'second', 'third', 'fourth']) same(argsOf(await watcher.event()), [text], 'event');
    },
    'flush_testaments takes one scope back': async (room) => {
      const [watcher, client] = [await room.join(), await room.join()];
      await watcher.subscribe(room.uri('will'));
      await client.ask('wamp.session.add_testament', [room.uri('will'), ['flushed'], {}]);
      await client.ask('wamp.session.add_testament', [room.uri('will'), ['kept'], {}], { scope: 'detached' });
      await client.ask('wamp.session.flush_testaments', [], { scope: 'destroyed' });
      client.say(goodbyeMessage('wamp.close.normal'));
      same(argsOf(await watcher.event()), ['kept'], 'the event');
      await watcher.hearsNothing();
    },
  }),
  ...rules('subscription_meta_api', {
    'lookup, match, get, list, list_subscribers, count_subscribers': async (room) => {
      const [one, two] = [await room.join(), await room.join()];
      const exact = await one.subscribe(room.uri('tick'));
      await two.subscribe(room.uri('tick'));
      same(await one.ask('wamp.subscription.lookup', [room.uri('tick')]), [exact], 'lookup');
      same(await one.ask('wamp.subscription.lookup', [room.uri('tock')]), [null], 'lookup of nothing');
      same(await one.ask('wamp.subscription.match', [room.uri('tick')]), [[exact]], 'match');
      const [details] = await one.ask('wamp.subscription.get', [exact]);
      includes(details, { id: exact, uri: room.uri('tick'), match: 'exact' }, 'get');
      const [list] = (await one.ask('wamp.subscription.list')) as [{ exact: number[] }];
      check(list.exact.includes(exact), 'list lacks the subscription');
      same(await one.ask('wamp.subscription.count_subscribers', [exact]), [2], 'count_subscribers');
      const subscribers = await one.ask('wamp.subscription.list_subscribers', [exact]);
      same(subscribers, [[one.session, two.session]], 'list_subscribers');
      const nothing = await one.refused('wamp.subscription.get', [2 ** 50]);
      same(nothing, 'wamp.error.no_such_subscription', 'get of nothing');
    },
    'on_create before on_subscribe, on_unsubscribe before on_delete': async (room) => {
      const [watcher, client] = [await room.join(), await room.join()];
      const names = new Map<number, string>();
      for (const name of ['on_delete', 'on_unsubscribe', 'on_subscribe', 'on_create']) {
        watcher.say({
          type: MessageType.SUBSCRIBE,
          request: watcher.request(),
          options: {},
          topic: `wamp.subscription.${name}`,
        });
        // Whether a session hears of its own subscriptions is a router's choice.
        for (;;) {
          const message = await watcher.next();
          if (message.type !== MessageType.SUBSCRIBED) continue;
          names.set(message.subscription, name);
          break;
        }
      }
      await client.unsubscribe(await client.subscribe(room.uri('tick')));
      const heard: string[] = [];
      while (heard.length < 4) {
        const event = await watcher.event();
        if (argsOf(event)[0] === client.session) heard.push(names.get(event.subscription) ?? 'unknown');
      }
      same(heard, ['on_create', 'on_subscribe', 'on_unsubscribe', 'on_delete'], 'the order');
    },
  }),
  ...rules('registration_meta_api', {
    'lookup, match, get, list, list_callees, count_callees': async (room) => {
      const one = await room.join();
      const id = await one.register(room.uri('add'));
      same(await one.ask('wamp.registration.lookup', [room.uri('add')]), [id], 'lookup');
      same(await one.ask('wamp.registration.lookup', [room.uri('sub')]), [null], 'lookup of nothing');
      same(await one.ask('wamp.registration.match', [room.uri('add')]), [id], 'match');
      const [details] = await one.ask('wamp.registration.get', [id]);
      includes(details, { id, uri: room.uri('add'), match: 'exact', invoke: 'single' }, 'get');
      const [list] = (await one.ask('wamp.registration.list')) as [{ exact: number[] }];
      check(list.exact.includes(id), 'list lacks the registration');
      same(await one.ask('wamp.registration.list_callees', [id]), [[one.session]], 'list_callees');
      same(await one.ask('wamp.registration.count_callees', [id]), [1], 'count_callees');
      const nothing = await one.refused('wamp.registration.get', [2 ** 50]);
      same(nothing, 'wamp.error.no_such_registration', 'get of nothing');
    },
    'on_create before on_register, on_unregister before on_delete': async (room) => {
      const [watcher, client] = [await room.join(), await room.join()];
      const names = new Map<number, string>();
      for (const name of ['on_delete', 'on_unregister', 'on_register', 'on_create']) {
        names.set(await watcher.subscribe(`wamp.registration.${name}`), name);
      }
      await client.unregister(await client.register(room.uri('add')));
      const heard: string[] = [];
      while (heard.length < 4) {
        const event = await watcher.event();
        if (argsOf(event)[0] === client.session) heard.push(names.get(event.subscription) ?? 'unknown');
      }
      same(heard, ['on_create', 'on_register', 'on_unregister', 'on_delete'], 'the order');
    },
  }),
];
