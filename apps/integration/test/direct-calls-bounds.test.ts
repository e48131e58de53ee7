// Calls that pass by the messages are held to the same rights and bounds as those in messages.
import type { CallDetails, RegisterOptions } from '@wamp-run/client';
import type { RealmOptions } from '@wamp-run/router';
import { describe, expect, test } from 'vitest';
import { OneProcess, WAYS } from './one-process.js';

describe.each(WAYS)('rights, where calls go by %s', (way) => {
  const withRules = (...rules: NonNullable<RealmOptions['roles']>[0]['rules'][0][]): Partial<RealmOptions> => ({
    roles: [
      {
        name: 'anonymous',
        rules: [{ uri: 'com.', match: 'prefix', allow: { register: true, call: true } }, ...rules],
      },
    ],
  });

  async function called(realm: Partial<RealmOptions>, options?: object, registering?: RegisterOptions) {
    const all = new OneProcess({ realms: [{ name: 'realm1', ...realm }] });
    const { session: bob } = await all.join('bob', way);
    const { session: ann } = await all.join('ann', way);
    const runs: (readonly unknown[])[] = [];
    const run = (_: unknown, __: unknown, { caller, callerAuthid, callerAuthrole }: CallDetails): string => {
      runs.push([caller, callerAuthid, callerAuthrole]);
      return 'answer';
    };
    await bob.register('com.shop.buy', run, registering);
    await all.settled();
    const { session, authid, authrole } = ann.details as { session: number; authid: string; authrole: string };
    // The second one goes a way that is known.
    const outcomes = [];
    for (let i = 0; i < 2; i++) outcomes.push(await ann.call('com.shop.buy', [], options).catch(({ error }) => error));
    await all.expectNothingPending();
    return { outcomes, runs, who: [session, authid, authrole] };
  }

  const denied = ['wamp.error.not_authorized', 'wamp.error.not_authorized'];
  const answered = ['answer', 'answer'];
  const hidden = [undefined, undefined, undefined];

  test('what a rule allows is done', async () => {
    const { outcomes, runs } = await called(withRules());
    expect(outcomes).toEqual(answered);
    expect(runs).toEqual([hidden, hidden]);
  });

  test('what a rule denies is refused, and nothing runs', async () => {
    const { outcomes, runs } = await called(
      withRules({ uri: 'com.shop.', match: 'prefix', allow: { register: true } }),
    );
    expect(outcomes).toEqual(denied);
    expect(runs).toEqual([]);
  });

  test('what only an authorizer can allow, it is asked for', async () => {
    const asked: string[] = [];
    const rules = { roles: [{ name: 'anonymous', rules: [{ uri: 'com.other', allow: { call: true } }] }] };
    const { outcomes, runs } = await called({
      ...rules,
      authorizer: {
        authorize: ({ action, uri }) => {
          asked.push(`${action} ${uri}`);
          return { allow: action !== 'call' || asked.length < 3, cache: false };
        },
      },
    });
    expect(outcomes).toEqual(['answer', 'wamp.error.not_authorized']);
    expect(asked).toEqual(['register com.shop.buy', 'call com.shop.buy', 'call com.shop.buy']);
    expect(runs).toHaveLength(1);
  });

  test('callers are told of as the realm has it', async () => {
    const always = await called({ disclosure: 'always' });
    expect(always.runs).toEqual([always.who, always.who]);
    const asked = await called({ disclosure: 'asked' }, { discloseMe: true });
    expect(asked.runs).toEqual([asked.who, asked.who]);
    const unasked = await called({ disclosure: 'asked' });
    expect(unasked.runs).toEqual([hidden, hidden]);
    const wanted = await called({ disclosure: 'asked' }, {}, { discloseCaller: true });
    expect(wanted.runs).toEqual([wanted.who, wanted.who]);
    const refused = 'wamp.error.option_disallowed.disclose_me';
    const never = await called({ disclosure: 'never' }, { discloseMe: true });
    expect([never.outcomes, never.runs]).toEqual([[refused, refused], []]);
    const ruled = await called(
      withRules({ uri: 'com.shop.buy', allow: { register: true, call: true }, disclose: { caller: 'always' } }),
    );
    expect(ruled.runs).toEqual([ruled.who, ruled.who]);
  });
});

describe('bounds', () => {
  test('no more calls than may be pending, and all of them again afterwards', async () => {
    const all = new OneProcess({ limits: { pendingCalls: 3 } });
    const { session: bob } = await all.join('bob');
    const { session: ann } = await all.join('ann');
    const answers: (() => void)[] = [];
    await bob.register('com.now', () => 'now');
    await bob.register('com.later', () => new Promise<string>((resolve) => answers.push(() => resolve('later'))));
    await all.settled();
    const outcomes = (procedure: string, count: number) =>
      Promise.all(Array.from({ length: count }, () => ann.call(procedure).catch(({ error }) => error)));
    const refused = 'wamp.error.limit_exceeded';

    all.forget();
    const later = outcomes('com.later', 5);
    await all.settled();
    expect(all.passed.filter((each) => each === 'ann > CALL')).toHaveLength(2);
    expect(await ann.call('com.now').catch(({ error }) => error)).toBe(refused);
    for (const answer of answers) answer();
    expect(await later).toEqual(['later', 'later', 'later', refused, refused]);
    await all.expectNothingPending();

    all.forget();
    for (let i = 0; i < 10; i++) expect(await outcomes('com.now', 3)).toEqual(['now', 'now', 'now']);
    expect(all.passed).toEqual([]);
    // The fourth is the first that takes a message.
    await outcomes('com.now', 4);
    expect(all.passed.filter((each) => each === 'ann > CALL')).toHaveLength(1);
    await all.expectNothingPending();
  });

  test('who calls, and who answers, is not idle; whoever does neither is', async () => {
    const all = new OneProcess({ idleTimeout: 1_000 });
    const { session: bob } = await all.join('bob');
    const { session: ann } = await all.join('ann');
    const { session: idle } = await all.join('idle');
    await bob.register('com.now', () => 'now');
    await all.settled();
    all.forget();
    for (let i = 0; i < 6; i++) {
      all.clock.advance(600);
      await all.settled();
      expect(await ann.call('com.now')).toBe('now');
    }
    expect(all.passed).toEqual(['idle < GOODBYE', 'idle > GOODBYE']);
    expect([ann, bob, idle].map(({ isAttached }) => isAttached)).toEqual([true, true, false]);
    all.clock.advance(2_000);
    await all.settled();
    expect([ann, bob].map(({ isAttached }) => isAttached)).toEqual([false, false]);
  });
});
