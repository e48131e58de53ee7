import { type Dict, InvalidConfiguration } from '@wamp-run/protocol';
import type { ResultFields } from './call-result.js';
import {
  ANYTHING,
  BOOLEAN,
  FORWARD_FOR,
  FUNCTION,
  ID,
  IDS,
  MATCH,
  type OptionTable,
  oneOf,
  oneOfBut,
  POSITIVE,
  SIGNAL,
  sent,
  TEXT,
  TEXTS,
  wireOptions,
} from './option-table.js';
import type { CallOptions, PublishOptions, RegisterOptions, SubscribeOptions } from './options.js';

// The options of each request: all that there are, in the words of this package and in those of the wire.

const FORWARDED = {
  forwardFor: sent('forward_for', FORWARD_FOR),
  transactionHash: sent('transaction_hash', TEXT),
};

const CALL: OptionTable<CallOptions> = {
  kwargs: ANYTHING,
  timeout: ANYTHING,
  idempotent: BOOLEAN,
  retry: ANYTHING,
  signal: SIGNAL,
  cancelMode: oneOf('skip', 'kill', 'killnowait'),
  onProgress: { ...sent('receive_progress', FUNCTION), send: () => true },
  details: BOOLEAN,
  discloseMe: sent('disclose_me', BOOLEAN),
  ...FORWARDED,
};

const PUBLISH: OptionTable<PublishOptions> = {
  kwargs: ANYTHING,
  acknowledge: { ...sent('acknowledge', BOOLEAN), send: (value) => (value === true ? true : undefined) },
  excludeMe: sent('exclude_me', BOOLEAN),
  exclude: sent('exclude', IDS),
  excludeAuthid: sent('exclude_authid', TEXTS),
  excludeAuthrole: sent('exclude_authrole', TEXTS),
  eligible: sent('eligible', IDS),
  eligibleAuthid: sent('eligible_authid', TEXTS),
  eligibleAuthrole: sent('eligible_authrole', TEXTS),
  retain: sent('retain', BOOLEAN),
  discloseMe: sent('disclose_me', BOOLEAN),
  ...FORWARDED,
};

const REGISTER: OptionTable<RegisterOptions> = {
  match: MATCH,
  invoke: sent('invoke', oneOfBut('single', 'first', 'last', 'roundrobin', 'random')),
  concurrency: sent('concurrency', POSITIVE),
  forceReregister: sent('force_reregister', BOOLEAN),
  discloseCaller: sent('disclose_caller', BOOLEAN),
  forwardTimeout: sent('forward_timeout', BOOLEAN),
  progressive: BOOLEAN,
  forwardFor: sent('forward_for', FORWARD_FOR),
  onEnd: FUNCTION,
};

const SUBSCRIBE: OptionTable<SubscribeOptions> = {
  match: MATCH,
  getRetained: { ...sent('get_retained', BOOLEAN), send: (value) => (value === true ? true : undefined) },
  order: oneOf('concurrent', 'sequential'),
  concurrency: POSITIVE,
  forwardFor: sent('forward_for', FORWARD_FOR),
  onEnd: FUNCTION,
};

/** What a result tells of where it came from, as far as that is sent. */
const RESULT: OptionTable<Omit<ResultFields, 'payloadScheme'>> = {
  callee: sent('callee', ID),
  calleeAuthid: sent('callee_authid', TEXT),
  calleeAuthrole: sent('callee_authrole', TEXT),
  forwardFor: sent('forward_for', FORWARD_FOR),
};

/** What YIELD carries of a CallResult besides its values. */
export function yieldOptions({ callee, calleeAuthid, calleeAuthrole, forwardFor }: ResultFields): Dict {
  return wireOptions('result', { callee, calleeAuthid, calleeAuthrole, forwardFor }, RESULT);
}

/** What ends a request carries of it: for whom that was forwarded. Undefined for nobody. */
export function endOptions(wire: Readonly<Dict>): Dict | undefined {
  return wire.forward_for === undefined ? undefined : { forward_for: wire.forward_for };
}

/** What CALL carries of these; `timeout` is the caller's business, as not every router knows it. */
export function callOptions(options: CallOptions): Dict {
  const wire = wireOptions('call options', options, CALL);
  if (options.retry === undefined || options.retry === false || options.idempotent === true) return wire;
  throw new InvalidConfiguration(
    'call options.retry: is for calls that do no harm when they are made twice; say idempotent: true, or leave it out',
  );
}

export function publishOptions(options: PublishOptions): Dict {
  return wireOptions('publish options', options, PUBLISH);
}

export function registerOptions(options: RegisterOptions): Dict {
  return wireOptions('register options', options, REGISTER);
}

export function subscribeOptions(options: SubscribeOptions): Dict {
  const wire = wireOptions('subscribe options', options, SUBSCRIBE);
  if (options.order === 'sequential' && (options.concurrency ?? 1) > 1) {
    throw new InvalidConfiguration(
      `subscribe options.concurrency: expected 1 with order 'sequential', got ${options.concurrency}`,
    );
  }
  return wire;
}
