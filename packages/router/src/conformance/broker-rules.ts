import { type Dict, type Id, MessageType, publishMessage } from '@wamp-run/protocol';
import { check, includes, same } from './checks.js';
import { argsOf, type ConformanceClient } from './conformance-client.js';
import { type Room, type Rule, rules } from './rule.js';

const PASSTHRU = { ppt_scheme: 'x_conformance', ppt_serializer: 'cbor' };

/** Which of two subscribers hear an event that is published with these options. */
function heard(wanted: string, options: (one: ConformanceClient, two: ConformanceClient) => Dict): Rule['run'] {
  return async (room) => {
    const [publisher, one, two] = [await room.join(), await room.join(), await room.join()];
    for (const client of [one, two]) await client.subscribe(room.uri('tick'));
    await publisher.acknowledged(room.uri('tick'), ['for some'], options(one, two));
    await publisher.acknowledged(room.uri('tick'), ['for all']);
    let got = '';
    for (const [name, client] of Object.entries({ one, two })) {
      if (argsOf(await client.event())[0] === 'for all') continue;
      got += `${name} `;
      same(argsOf(await client.event()), ['for all'], 'the event after it');
    }
    same(got.trim(), wanted, 'who heard it');
  };
}

const authid = (client: ConformanceClient) => client.details.authid as string;
const authrole = (client: ConformanceClient) => client.details.authrole as string;

export const BROKER_RULES: readonly Rule[] = [
  ...rules('publisher_exclusion', {
    'a publisher does not hear itself, unless exclude_me is false': async (room) => {
      const client = await room.join();
      await client.subscribe(room.uri('tick'));
      await client.acknowledged(room.uri('tick'), ['silent']);
      client.publish(room.uri('tick'), ['loud'], { exclude_me: false });
      same(argsOf(await client.event()), ['loud'], 'what it heard');
    },
  }),
  ...rules('subscriber_blackwhite_listing', {
    'exclude: all but these sessions': heard('two', (one) => ({ exclude: [one.session] })),
    'exclude_authrole: all but these roles': heard('', (one) => ({ exclude_authrole: [authrole(one)] })),
    'eligible: these sessions only': heard('one', (one) => ({ eligible: [one.session] })),
    'eligible_authid: these only': heard('one two', (one, two) => ({ eligible_authid: [authid(one), authid(two)] })),
    'eligible_authrole: these roles only': heard('', () => ({ eligible_authrole: ['conformance-nobody'] })),
    'an empty eligible admits nobody': heard('', () => ({ eligible: [] })),
    'all conditions hold together': heard('two', (one, two) => ({
      eligible: [one.session, two.session],
      exclude: [one.session],
      eligible_authrole: [authrole(one)],
    })),
  }),
  ...rules('publisher_identification', {
    'disclose_me: EVENT has publisher, publisher_authid and publisher_authrole': async (room) => {
      const [publisher, subscriber] = [await room.join(), await room.join()];
      await subscriber.subscribe(room.uri('tick'));
      publisher.publish(room.uri('tick'), [], { disclose_me: true });
      const { details } = await subscriber.event();
      const wanted = {
        publisher: publisher.session,
        publisher_authid: authid(publisher),
        publisher_authrole: authrole(publisher),
      };
      includes(details, wanted, 'EVENT details');
    },
    'nobody is disclosed who does not ask for it': async (room) => {
      const [publisher, subscriber] = [await room.join(), await room.join()];
      await subscriber.subscribe(room.uri('tick'));
      publisher.publish(room.uri('tick'));
      check((await subscriber.event()).details.publisher === undefined, 'EVENT details.publisher is there');
    },
  }),
  ...rules('pattern_based_subscription', {
    'prefix matches character by character, and EVENT says the topic': async (room) => {
      const [publisher, subscriber] = [await room.join(), await room.join()];
      await subscriber.subscribe(room.uri('emer'), { match: 'prefix' });
      for (const topic of ['emer', 'emergency', 'emergency.low']) {
        await publisher.acknowledged(room.uri(topic));
        includes((await subscriber.event()).details, { topic: room.uri(topic) }, 'EVENT details');
      }
      await publisher.acknowledged(room.uri('eme'));
      await subscriber.hearsNothing();
    },
    'an empty part of a wildcard stands for exactly one part': async (room) => {
      const [publisher, subscriber] = [await room.join(), await room.join()];
      await subscriber.subscribe(room.uri('order..new'), { match: 'wildcard' });
      for (const topic of ['order.new', 'order.a.b.new', 'order.a.old']) await publisher.acknowledged(room.uri(topic));
      await publisher.acknowledged(room.uri('order.a.new'));
      includes((await subscriber.event()).details, { topic: room.uri('order.a.new') }, 'EVENT details');
      await subscriber.hearsNothing();
    },
    'one EVENT for each matching subscription, with the same publication id': async (room) => {
      const [publisher, subscriber] = [await room.join(), await room.join()];
      const subscriptions = [
        await subscriber.subscribe(room.uri('a.b')),
        await subscriber.subscribe(room.uri('a.'), { match: 'prefix' }),
        await subscriber.subscribe(room.uri('.b'), { match: 'wildcard' }),
      ];
      const publication = await publisher.acknowledged(room.uri('a.b'));
      const events = [await subscriber.event(), await subscriber.event(), await subscriber.event()];
      const order = (ids: Id[]) => ids.sort((x, y) => x - y);
      same(order(events.map(({ subscription }) => subscription)), order(subscriptions), 'the subscriptions');
      for (const event of events) same(event.publication, publication, 'the publication');
      await subscriber.hearsNothing();
    },
  }),
  ...rules('event_retention', {
    'get_retained: the newest retained event comes after SUBSCRIBED, and says so': async (room) => {
      const publisher = await room.join();
      await publisher.acknowledged(room.uri('state'), ['old'], { retain: true });
      const publication = await publisher.acknowledged(room.uri('state'), ['new'], { retain: true });
      await publisher.acknowledged(room.uri('state'), ['passing']);
      const late = await room.join();
      await late.subscribe(room.uri('state'), { get_retained: true });
      const event = await late.event();
      includes(event.details, { retained: true }, 'EVENT details');
      same([event.publication, argsOf(event)], [publication, ['new']], 'EVENT');
      const other = await room.join();
      await other.subscribe(room.uri('state'));
      await other.hearsNothing();
    },
    'only the newest that this subscriber would have been eligible for': async (room) => {
      const publisher = await room.join();
      await publisher.acknowledged(room.uri('state'), ['for all'], { retain: true });
      await publisher.acknowledged(room.uri('state'), ['for nobody'], { retain: true, eligible: [] });
      const late = await room.join();
      await late.subscribe(room.uri('state'), { get_retained: true });
      same(argsOf(await late.event()), ['for all'], 'the event');
    },
  }),
  ...rules('event_history', {
    'get_events: limit, reverse, and publications as bounds': async (room) => {
      const topic = historyTopicOf(room);
      const [publisher, reader] = [await room.join(), await room.join()];
      const publications: Id[] = [];
      for (const n of [1, 2, 3]) publications.push(await publisher.acknowledged(topic, [room.uri(`${n}`)]));
      const subscription = await reader.subscribe(topic);
      const ask = async (query: Dict) => {
        const events = (await reader.ask('wamp.subscription.get_events', [subscription], query)) as Dict[];
        return events.map(({ args }) => (args as string[])[0]);
      };
      const [first, second] = publications as [Id, Id];
      same(
        await ask({ from_publication: first }),
        [1, 2, 3].map((n) => room.uri(`${n}`)),
        'from the first',
      );
      same(await ask({ after_publication: second }), [room.uri('3')], 'after the second');
      same(await ask({ reverse: true, limit: 2 }), [room.uri('3'), room.uri('2')], 'the last two');
    },
  }),
  ...rules('payload_passthru_mode', {
    'PUBLISH: what it says of its payload is in EVENT, and the payload is untouched': async (room) => {
      const [publisher, subscriber] = [await room.join(), await room.join()];
      await subscriber.subscribe(room.uri('tick'));
      publisher.publish(room.uri('tick'), [Uint8Array.of(1, 2)], PASSTHRU);
      const event = await subscriber.event();
      includes(event.details, PASSTHRU, 'EVENT details');
      same(argsOf(event), [Uint8Array.of(1, 2)], 'the payload');
    },
    'V10: PUBLISH with it, not announced: ABORT protocol_violation': async (room) => {
      const publisher = await room.join({ publisher: {} });
      publisher.say(publishMessage(1, PASSTHRU, room.uri('tick')));
      same(await publisher.aborted(), 'wamp.error.protocol_violation', 'the reason');
    },
  }),
  ...rules('subscription_revocation', {
    'UNSUBSCRIBED with request 0 names the subscription; only to those who announced it': async (room) => {
      const [revoker, told, untold] = [
        await room.join(),
        await room.join(),
        await room.join({ subscriber: {}, caller: {} }),
      ];
      const subscription = await told.subscribe(room.uri('tick'));
      await untold.subscribe(room.uri('tick'));
      for (const { session } of [told, untold]) {
        await revoker.ask('wamp.subscription.remove_subscriber', [subscription, session]);
      }
      const message = await told.expect(MessageType.UNSUBSCRIBED);
      same(message.request, 0, 'UNSUBSCRIBED request');
      includes(message.details, { subscription }, 'UNSUBSCRIBED details');
      await revoker.acknowledged(room.uri('tick'));
      await told.hearsNothing();
      await untold.hearsNothing();
    },
  }),
];

function historyTopicOf({ historyTopic }: Room): string {
  if (historyTopic !== undefined) return historyTopic;
  throw new Error('historyTopic: name a topic that has a history, or say in `lacks` why there is none');
}
