import { type Dict, type Id, MessageType, registerMessage } from '@wamp-run/protocol';
import { check, includes, same } from './checks.js';
import { argsOf, type ConformanceClient } from './conformance-client.js';
import { type Room, type Rule, rules } from './rule.js';

const CALLEE_WITHOUT_CANCEL = { callee: {}, caller: {} };

interface UnderWay {
  readonly callee: ConformanceClient;
  readonly caller: ConformanceClient;
  /** The id of the CALL. */
  readonly call: Id;
  /** The id of the INVOCATION. */
  readonly invocation: Id;
  readonly details: Dict;
}

/** A call that its callee has and has not answered. */
async function underWay(room: Room, options: Dict = {}, roles?: Dict): Promise<UnderWay> {
  const [callee, caller] = [await room.join(roles), await room.join()];
  await callee.register(room.uri('work'));
  const call = caller.call(room.uri('work'), [], options);
  const { request, details } = await callee.invocation();
  return { callee, caller, call, invocation: request, details };
}

/** Registers under several URIs, calls, and says which of the registrations had the call. */
const prefers =
  (called: string, ...patterns: [uri: string, match: string][]): Rule['run'] =>
  async (room) => {
    const [callee, caller] = [await room.join(), await room.join()];
    const names = new Map<Id, string>();
    // The one that should win comes first in the rule, and last here.
    for (const [uri, match] of [...patterns].reverse()) {
      names.set(await callee.register(room.uri(uri), { match }), `${match} ${uri}`);
    }
    caller.call(room.uri(called));
    const { registration, details } = await callee.invocation();
    const [uri, match] = patterns[0] as [string, string];
    same(names.get(registration), `${match} ${uri}`, 'who was called');
    if (match !== 'exact') includes(details, { procedure: room.uri(called) }, 'INVOCATION details');
  };

/** Who of three callees is called, in turn. Each call is answered before the next is made. */
const turns =
  (invoke: string, wanted: string): Rule['run'] =>
  async (room) => {
    const caller = await room.join();
    for (const name of 'abc') {
      const callee = await room.join();
      await callee.register(room.uri('work'), { invoke });
      void answering(callee, name);
    }
    let got = '';
    for (const _ of wanted) got += (await caller.ask(room.uri('work')))[0];
    same(got, wanted, 'who was called');
  };

/** Answers every invocation with a name, until the connection ends. */
async function answering(callee: ConformanceClient, name: string): Promise<void> {
  try {
    for (;;) callee.yield((await callee.invocation()).request, [name]);
  } catch {
    // The test is over.
  }
}

export const DEALER_RULES: readonly Rule[] = [
  ...rules('progressive_call_results', {
    'progressive results reach a caller that wants them, in order, and then the last': async (room) => {
      const { callee, caller, call, invocation, details } = await underWay(room, { receive_progress: true });
      includes(details, { receive_progress: true }, 'INVOCATION details');
      for (const n of [1, 2, 3]) callee.yield(invocation, [n], { progress: true });
      callee.yield(invocation, ['last']);
      for (const n of [1, 2, 3]) {
        const result = await caller.result();
        same([result.request, result.details.progress, argsOf(result)], [call, true, [n]], 'RESULT');
      }
      const last = await caller.result();
      check(last.details.progress !== true, 'the last RESULT says progress');
      same(argsOf(last), ['last'], 'the last RESULT');
    },
    'a callee without call_canceling is not asked for progress': async (room) => {
      const roles = { callee: { features: { progressive_call_results: true } }, caller: {} };
      const { details } = await underWay(room, { receive_progress: true }, roles);
      check(details.receive_progress !== true, 'INVOCATION details.receive_progress is there');
    },
  }),
  ...rules('call_canceling', {
    'killnowait: the caller has its ERROR canceled at once, the callee its INTERRUPT': async (room) => {
      const { callee, caller, call, invocation } = await underWay(room);
      caller.cancel(call, { mode: 'killnowait' });
      same((await caller.error()).error, 'wamp.error.canceled', 'the error');
      same((await callee.expect(MessageType.INTERRUPT)).request, invocation, 'INTERRUPT request');
      // What was on its way is dropped.
      callee.yield(invocation);
      await caller.hearsNothing();
      await callee.hearsNothing();
    },
    'kill: the caller waits for what the callee answers': async (room) => {
      const { callee, caller, call, invocation } = await underWay(room);
      caller.cancel(call, { mode: 'kill' });
      await callee.expect(MessageType.INTERRUPT);
      callee.fail(invocation, 'wamp.error.canceled', ['stopped']);
      const error = await caller.error();
      same([error.error, argsOf(error)], ['wamp.error.canceled', ['stopped']], 'ERROR');
    },
    'skip: the caller has its ERROR canceled, the callee hears nothing': async (room) => {
      const { callee, caller, call, invocation } = await underWay(room);
      caller.cancel(call, { mode: 'skip' });
      same((await caller.error()).error, 'wamp.error.canceled', 'the error');
      callee.yield(invocation);
      await callee.hearsNothing();
      await caller.hearsNothing();
    },
    'no INTERRUPT to a callee that did not announce it: kill is skip': async (room) => {
      const { callee, caller, call } = await underWay(room, {}, CALLEE_WITHOUT_CANCEL);
      caller.cancel(call, { mode: 'kill' });
      same((await caller.error()).error, 'wamp.error.canceled', 'the error');
      await callee.hearsNothing();
    },
    'CANCEL of a call that is over, or never was, is ignored': async (room) => {
      const client = await room.join();
      client.cancel(2 ** 40, { mode: 'kill' });
      await client.hearsNothing();
    },
    'a caller that leaves: INTERRUPT killnowait to the callee': async (room) => {
      const { callee, caller, invocation } = await underWay(room);
      await caller.leave();
      const interrupt = await callee.expect(MessageType.INTERRUPT);
      same([interrupt.request, interrupt.options.mode], [invocation, 'killnowait'], 'INTERRUPT');
    },
  }),
  ...rules('call_timeout', {
    'timeout: the caller has its ERROR wamp.error.timeout': async (room) => {
      const { caller } = await underWay(room, { timeout: 20 });
      same((await caller.error()).error, 'wamp.error.timeout', 'the error');
    },
    'timeout 0 is none': async (room) => {
      const { callee, caller, invocation } = await underWay(room, { timeout: 0 });
      callee.yield(invocation, ['done']);
      same(argsOf(await caller.result()), ['done'], 'RESULT');
    },
  }),
  ...rules('caller_identification', {
    'disclose_me: INVOCATION has caller, caller_authid and caller_authrole': async (room) => {
      const { caller, details } = await underWay(room, { disclose_me: true });
      const { authid, authrole } = caller.details;
      const wanted = { caller: caller.session, caller_authid: authid, caller_authrole: authrole };
      includes(details, wanted, 'INVOCATION details');
    },
    'nobody is disclosed who does not ask for it': async (room) => {
      check((await underWay(room)).details.caller === undefined, 'INVOCATION details.caller is there');
    },
  }),
  ...rules('pattern_based_registration', {
    'the exact one comes before all': prefers('a.b.c', ['a.b.c', 'exact'], ['a.b.', 'prefix'], ['a..c', 'wildcard']),
    'the longest prefix comes before shorter ones': prefers(
      'a.b.c.d',
      ['a.b.c', 'prefix'],
      ['a.b', 'prefix'],
      ['a', 'prefix'],
    ),
    'a prefix comes before a wildcard': prefers('a.b.c', ['a.', 'prefix'], ['a.b.', 'wildcard']),
    'of wildcards, the one with the longest leading part': prefers(
      'a1.b2.c33.d4.e5',
      ['a1.b2.c33..e5', 'wildcard'],
      ['a1.b2..d4.e5', 'wildcard'],
    ),
    'ties go by the next part': prefers(
      'a1.b2.c3.d4.e5.f6.g7',
      ['a1.b2..d4.e5..g7', 'wildcard'],
      ['a1.b2..d4..f6.g7', 'wildcard'],
    ),
    'nothing that matches: no_such_procedure': async (room) => {
      const client = await room.join();
      await client.register(room.uri('a..c'), { match: 'wildcard' });
      same(await client.refused(room.uri('a.b.d')), 'wamp.error.no_such_procedure', 'the error');
    },
  }),
  ...rules('shared_registration', {
    'all callees of a shared registration have its id': async (room) => {
      const [one, two] = [await room.join(), await room.join()];
      const id = await one.register(room.uri('work'), { invoke: 'roundrobin' });
      same(await two.register(room.uri('work'), { invoke: 'roundrobin' }), id, 'the id');
    },
    'first: the first that registered': turns('first', 'aaa'),
    'last: the last that registered': turns('last', 'ccc'),
    'roundrobin: one after the other': turns('roundrobin', 'abcabc'),
    'another policy, or single: procedure_already_exists': async (room) => {
      const [one, two] = [await room.join(), await room.join()];
      await one.register(room.uri('work'), { invoke: 'roundrobin' });
      for (const invoke of ['first', 'single']) {
        two.say(registerMessage(two.request(), { invoke }, room.uri('work')));
        same((await two.error()).error, 'wamp.error.procedure_already_exists', invoke);
      }
    },
  }),
  ...rules('progressive_call_invocations', {
    'all parts of a call go to one callee, under one id, and its last has no progress': async (room) => {
      const [callee, caller] = [await room.join(), await room.join()];
      await callee.register(room.uri('work'));
      const request = caller.call(room.uri('work'), [1], { progress: true });
      const again = (n: number, options: Dict) =>
        caller.say({
          type: MessageType.CALL,
          request,
          options,
          procedure: room.uri('work'),
          payload: { args: [n], kwargs: {} },
        });
      again(2, { progress: true });
      again(3, {});
      const parts = [await callee.invocation(), await callee.invocation(), await callee.invocation()];
      same(
        parts.map((part) => argsOf(part)[0]),
        [1, 2, 3],
        'the parts',
      );
      same(
        parts.map(({ details }) => details.progress === true),
        [true, true, false],
        'INVOCATION details.progress',
      );
      same(new Set(parts.map((part) => part.request)).size, 1, 'how many ids');
      callee.yield((parts[0] as { request: Id }).request, ['done']);
      same(argsOf(await caller.result()), ['done'], 'RESULT');
    },
    'V10: not announced by the caller: ABORT protocol_violation': async (room) => {
      const caller = await room.join({ caller: {} });
      caller.call(room.uri('work'), [], { progress: true });
      same(await caller.aborted(), 'wamp.error.protocol_violation', 'the reason');
    },
    'a callee that did not announce it: feature_not_supported': async (room) => {
      const [callee, caller] = [await room.join(CALLEE_WITHOUT_CANCEL), await room.join()];
      await callee.register(room.uri('work'));
      caller.call(room.uri('work'), [], { progress: true });
      same((await caller.error()).error, 'wamp.error.feature_not_supported', 'the error');
    },
  }),
  ...rules('call_reroute', {
    'a callee that answers unavailable: the next one is called': async (room) => {
      const [one, two, caller] = [await room.join(), await room.join(), await room.join()];
      for (const callee of [one, two]) await callee.register(room.uri('work'), { invoke: 'first' });
      caller.call(room.uri('work'), ['x']);
      one.fail((await one.invocation()).request, 'wamp.error.unavailable');
      const second = await two.invocation();
      same(argsOf(second), ['x'], 'the arguments');
      two.yield(second.request, ['done']);
      same(argsOf(await caller.result()), ['done'], 'RESULT');
    },
    'none is left: no_available_callee': async (room) => {
      const { callee, caller, invocation } = await underWay(room);
      callee.fail(invocation, 'wamp.error.unavailable');
      same((await caller.error()).error, 'wamp.error.no_available_callee', 'the error');
    },
  }),
];
