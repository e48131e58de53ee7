import { InvalidConfiguration, nearestName, typeName } from '@wamp-run/protocol';
import { type CallTime, inTime } from './intercepted-call.js';
import type {
  InterceptedCall,
  InterceptedEvent,
  InterceptedInvocation,
  InterceptedPublication,
  Interceptor,
} from './interceptor.js';
import type { Publication } from './publication.js';
import { isThenable } from './thenable.js';
import type { ReportUserError } from './user-errors.js';

const METHODS = ['call', 'publication', 'invocation', 'event'] as const satisfies readonly (keyof Interceptor)[];

/** All interceptors of one kind, around what they are handed. */
type Around<R, O> = (request: R, last: (request: R) => O) => O;

/** The interceptors of a session, put together. Of a kind that none of them has there is nothing. */
export class Interception {
  readonly call: Around<InterceptedCall, Promise<unknown>> | undefined;
  readonly invocation: Around<InterceptedInvocation, Promise<unknown>> | undefined;
  readonly event: Around<InterceptedEvent, Promise<unknown>> | undefined;
  readonly publication: Around<InterceptedPublication, unknown> | undefined;

  /** Throws InvalidConfiguration where something is no interceptor. */
  constructor(interceptors: readonly Interceptor[] | undefined = [], time: CallTime) {
    checkInterceptors(interceptors);
    const calls = around<InterceptedCall>(interceptors.flatMap((each) => each.call?.bind(each) ?? []));
    this.call = calls === undefined ? undefined : inTime(calls, time);
    this.invocation = around<InterceptedInvocation>(interceptors.flatMap((each) => each.invocation?.bind(each) ?? []));
    this.event = around<InterceptedEvent>(interceptors.flatMap((each) => each.event?.bind(each) ?? []));
    const publications = interceptors.flatMap((each) => each.publication?.bind(each) ?? []);
    // What they return is seen by those around them alone, and checked there.
    this.publication = chain(publications as Layer<InterceptedPublication, unknown>[]);
  }
}

/**
 * Throws InvalidConfiguration, naming the place, where a list is none, or something in it is no interceptor.
 *
 * @param interceptors - what was given
 * @param place - where it stands. Default: `interceptors`
 */
export function checkInterceptors(interceptors: readonly Interceptor[], place = 'interceptors'): void {
  if (!Array.isArray(interceptors)) {
    throw new InvalidConfiguration(`${place}: expected a list of interceptors, got ${typeName(interceptors)}`);
  }
  interceptors.forEach((each: unknown, i) => {
    // A function has a `call` that is no interceptor's.
    if (typeof each !== 'object' || each === null) {
      throw new InvalidConfiguration(
        `${place}[${i}]: expected an object with ${METHODS.join(', ')}, got ${typeName(each)}`,
      );
    }
    checkMethods(each as Record<string, unknown>, `${place}[${i}]`);
  });
}

/** An instance may have whatever else its class needs; of a plain object every key is meant for us. */
function checkMethods(interceptor: Record<string, unknown>, place: string): void {
  for (const method of METHODS) {
    const value = interceptor[method];
    if (value === undefined || typeof value === 'function') continue;
    throw new InvalidConfiguration(`${place}.${method}: expected a function, got ${typeName(value)}`);
  }
  if (Object.getPrototypeOf(interceptor) === Object.prototype) {
    const unknown = Object.keys(interceptor).find((key) => !METHODS.includes(key as (typeof METHODS)[number]));
    if (unknown !== undefined) {
      const meant = nearestName(unknown, METHODS);
      const advice = meant === undefined ? `there are ${METHODS.join(', ')}` : `did you mean ${meant}?`;
      throw new InvalidConfiguration(`${place}.${unknown}: there is no such method of an interceptor; ${advice}`);
    }
  }
  if (METHODS.some((method) => interceptor[method] !== undefined)) return;
  throw new InvalidConfiguration(`${place}: has none of ${METHODS.join(', ')}, and would never run`);
}

/** Those that come in alone: what goes out is intercepted before it reaches a joined session. */
export function incoming(interceptors: readonly Interceptor[] | undefined): Interceptor[] | undefined {
  return interceptors?.flatMap((each) => {
    const methods: Interceptor = {};
    if (each.invocation !== undefined) methods.invocation = each.invocation.bind(each);
    if (each.event !== undefined) methods.event = each.event.bind(each);
    return methods.invocation === undefined && methods.event === undefined ? [] : [methods];
  });
}

/** Publishes through the interceptors; what is wrong is thrown, or where somebody waits or waited, rejected. */
export function interceptedPublish(
  publication: Around<InterceptedPublication, unknown>,
  request: InterceptedPublication,
  { publish, report }: { publish: (request: InterceptedPublication) => unknown; report: ReportUserError },
): Promise<Publication> | undefined {
  if (request.options.acknowledge === true) {
    return promised(() => publication(request, publish)) as Promise<Publication>;
  }
  const result = publication(request, publish);
  if (isThenable(result)) {
    Promise.resolve(result).then(undefined, (error) => report(error, `publishing ${request.topic}`));
  }
  return undefined;
}

type Layer<R, O> = (request: R, next: (changed?: R) => O) => O;

function chain<R, O>(layers: readonly Layer<R, O>[]): Around<R, O> | undefined {
  if (layers.length === 0) return undefined;
  return (request, last) => {
    const step = (index: number, now: R): O => {
      const layer = layers[index];
      return layer === undefined ? last(now) : layer(now, (changed = now) => step(index + 1, changed));
    };
    return step(0, request);
  };
}

/** The same of methods that may return anything, at once or later: each `next` is a promise. */
function around<R>(
  methods: readonly ((request: R, next: (changed?: R) => Promise<unknown>) => unknown)[],
): Around<R, Promise<unknown>> | undefined {
  return chain(methods.map((method) => (request, next) => promised(() => method(request, next))));
}

/** What is thrown at once rejects. */
export function promised(run: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(run());
  });
}
