import {
  CallDetails,
  type ComponentClass,
  type ComponentConfigFields,
  type ComponentDefinition,
  type ComponentInstance,
  createComponent,
  type DescribeOptions,
  describe,
  EventDetails,
  Session,
} from '@wamp-run/component';
import { silent } from '@wamp-run/protocol';

/** A session that only has its identity: what is injected is never called here. */
export const SESSION: Session = Object.create(Session.prototype);

export const CONFIG: ComponentConfigFields = {
  realm: 'realm1',
  extra: { size: 3 },
  controller: {
    list: () => [],
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    restart: () => Promise.resolve(),
  },
  shared: new Map(),
  runner: { name: 'test', version: '0' },
};

export const CALL = new CallDetails({
  registration: 1,
  procedure: 'com.example.called',
  progress: undefined,
  signal: new AbortController().signal,
  caller: undefined,
  callerAuthid: undefined,
  callerAuthrole: undefined,
});

export const EVENT = new EventDetails({
  subscription: 1,
  publication: 2,
  topic: 'com.example.happened',
  publisher: undefined,
  publisherAuthid: undefined,
  publisherAuthrole: undefined,
  retained: undefined,
});

/** An instance of a class, as a runtime makes it. */
export function made(target: ComponentClass | ComponentDefinition, options: DescribeOptions = {}): ComponentInstance {
  return createComponent(describe(target, options), { config: CONFIG, session: SESSION, log: silent });
}

/** The text of the error that something throws. */
export function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
