import { type Id, type Message, MessageType, nameOf } from '@wamp-run/protocol';

/** One session of a run: who it was, what it asked for, and all that it heard, in order. */
export interface SessionRecord {
  readonly name: string;
  readonly interruptible: boolean;
  /** The CALLs that it made. */
  readonly calls: readonly Id[];
  readonly heard: readonly Message[];
  /** How many messages it had heard when everything had been answered; undefined where it had left before. */
  readonly heardInTime: number | undefined;
}

/** What events and calls of a run carry: who sent it, the how manieth of that session it is, and for calls of what. */
export type Mark = readonly [name: string, count: number, procedure?: string];

/** A procedure that is registered with a limit of concurrency: its calls may wait, in their order, but not among others. */
export const LIMITED = 'org.limited';

/** A procedure with several callees, which may pass a call on: it comes in any order. */
export const SHARED = 'net.shared';

/**
 * All that a run did against the guarantees of the protocol, in words; nothing where it kept them.
 * Events and invocations must carry a Mark, progressive results a count.
 */
export function breaches(records: readonly SessionRecord[]): string[] {
  return records.flatMap((record) => [
    ...eventBreaches(record),
    ...invocationBreaches(record),
    ...answerBreaches(record),
    ...endBreaches(record),
  ]);
}

/**
 * Events come after SUBSCRIBED, from each publisher in the order of its publications, over all subscriptions, on each
 * subscription once, and never from oneself. Testaments come in the order in which they were added.
 */
function eventBreaches({ name, heard }: SessionRecord): string[] {
  const found: string[] = [];
  const subscribed = new Set<Id>();
  const latest = new Map<string, number>();
  for (const message of heard) {
    if (message.type === MessageType.SUBSCRIBED) subscribed.add(message.subscription);
    if (message.type !== MessageType.EVENT) continue;
    if (!subscribed.has(message.subscription)) found.push(`${name}: EVENT before SUBSCRIBED`);
    const [publisher, count] = markOf(message);
    // The router's own events carry no mark, and retained ones come late by design.
    if (typeof publisher !== 'string' || message.details.retained === true) continue;
    if (publisher === name) found.push(`${name}: hears itself`);
    const of = `${publisher} on ${message.subscription}`;
    const before = count < (latest.get(publisher) ?? 0) || count <= (latest.get(of) ?? 0);
    if (before) found.push(`${name}: event ${count} of ${publisher} out of order`);
    latest.set(publisher, count);
    latest.set(of, count);
  }
  return found;
}

/**
 * Invocations come after REGISTERED, counted from 1, from each caller in the order of its calls. Parts of a call come in
 * their order, and never after the last.
 */
function invocationBreaches({ name, heard, interruptible }: SessionRecord): string[] {
  const found: string[] = [];
  const registered = new Set<Id>();
  const latest = new Map<string, number>();
  const parts = new Map<Id, number>();
  let invocations = 0;
  for (const message of heard) {
    if (message.type === MessageType.REGISTERED) registered.add(message.registration);
    if (message.type === MessageType.INTERRUPT) {
      if (!interruptible) found.push(`${name}: INTERRUPT without call_canceling`);
      if (message.request > invocations) found.push(`${name}: INTERRUPT before its INVOCATION`);
    }
    if (message.type !== MessageType.INVOCATION) continue;
    const [caller, count, procedure] = markOf(message);
    const part = parts.get(message.request);
    if (part === undefined) invocations += 1;
    else if (count <= part) found.push(`${name}: part ${count} of ${caller} out of order`);
    parts.delete(message.request);
    if (message.details.progress === true) parts.set(message.request, count);
    if (part === undefined && message.request !== invocations) {
      found.push(`${name}: INVOCATION ${message.request}, expected ${invocations}`);
    }
    if (!registered.has(message.registration)) found.push(`${name}: INVOCATION before REGISTERED`);
    if (procedure === SHARED || (procedure === LIMITED && part !== undefined)) continue;
    const order = procedure === LIMITED ? `${caller}, limited` : caller;
    if (count <= (latest.get(order) ?? 0)) found.push(`${name}: call ${count} of ${caller} out of order`);
    latest.set(order, count);
  }
  return found;
}

/** Each call has one last answer and none after it; progress comes in order; nothing is answered that was not asked. */
function answerBreaches({ name, heard, calls, heardInTime }: SessionRecord): string[] {
  const found: string[] = [];
  const open = new Map(calls.map((request) => [request, 0]));
  for (const [index, message] of heard.entries()) {
    if (index === heardInTime)
      found.push(...[...open.keys()].map((call) => `${name}: call ${call} was never answered`));
    const isError = message.type === MessageType.ERROR && message.requestType === MessageType.CALL;
    if (message.type !== MessageType.RESULT && !isError) continue;
    const { request } = message;
    const progress = open.get(request);
    if (progress === undefined) found.push(`${name}: ${nameOf(message)} for call ${request}, which is not open`);
    if (message.type === MessageType.RESULT && message.details.progress === true) {
      const [count] = argsOf(message) as [number];
      if (count <= (progress ?? 0)) found.push(`${name}: progress ${count} out of order`);
      open.set(request, count);
    } else {
      open.delete(request);
    }
  }
  if (heard.length === heardInTime && open.size > 0) found.push(`${name}: ${open.size} calls were never answered`);
  return found;
}

/** Nothing comes after GOODBYE or ABORT. */
function endBreaches({ name, heard }: SessionRecord): string[] {
  const end = heard.findIndex(({ type }) => type === MessageType.GOODBYE || type === MessageType.ABORT);
  return end === -1 || end === heard.length - 1 ? [] : [`${name}: ${nameOf(heard[end + 1] as Message)} after the end`];
}

function argsOf(message: Message): unknown {
  return (message as { payload?: { args: unknown } }).payload?.args ?? [];
}

function markOf(message: Message): Mark {
  return argsOf(message) as Mark;
}
