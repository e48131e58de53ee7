// One end: does the work that it is asked for. Through the router it is asked by INVOCATION, through the relay by the
// CALL itself.
import { type Message, MessageType, registerMessage, resultMessage, taken, yieldMessage } from '@wamp-run/protocol';
import { optionsOf, serve } from '../child.js';
import { connect, type EndOptions } from '../ends.js';
import { offeredAt } from '../registered.js';
import { PROCEDURE } from '../wire.js';
import { workOf } from '../work.js';

/** What a callee is started with. */
export interface CalleeOptions extends EndOptions {
  /** So many procedures (`offeredAt`); one of the usual name where it is absent. */
  readonly registrations?: number;
}

/** So many REGISTERs are on their way at most. */
const WINDOW = 1000;

const options = optionsOf<CalleeOptions>();
const work = workOf(options.work);
const { registrations } = options;
let registered = 0;
let done: () => void = () => {};
const ready = new Promise<void>((resolve) => {
  done = resolve;
});

const transport = await connect(options, (message: Message) => {
  switch (message.type) {
    case MessageType.INVOCATION: {
      const answer = work.answer(taken(message.payload).args);
      transport.send(yieldMessage(message.request, {}, { args: [answer], kwargs: {} }));
      break;
    }
    case MessageType.CALL: {
      const answer = work.answer(taken(message.payload).args);
      transport.send(resultMessage(message.request, {}, { args: [answer], kwargs: {} }));
      break;
    }
    case MessageType.REGISTERED:
      if (++registered === (registrations ?? 1)) done();
      else if (registrations !== undefined) register(registered - 1 + WINDOW);
      break;
    default:
      throw new Error(`the callee cannot use message ${message.type}`);
  }
});

/** The nth of many, if there are so many. */
function register(n: number): void {
  if (registrations === undefined || n >= registrations) return;
  const { uri, match } = offeredAt(n);
  transport.send(registerMessage(n + 1, match === 'exact' ? {} : { match }, uri));
}

if (options.middle === 'router') {
  if (registrations === undefined) transport.send(registerMessage(1, {}, PROCEDURE));
  else for (let n = 0; n < WINDOW; n++) register(n);
  await ready;
}
serve(options.url);
