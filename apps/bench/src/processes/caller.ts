// The other end: keeps so many calls in flight for so long, checks every answer, and reports rate and latency.
import { callMessage, type Message, MessageType, RequestIds, taken } from '@wamp-run/protocol';
import { type CallerReport, CallLoad, type Load } from '../call-load.js';
import { optionsOf, serve } from '../child.js';
import { connect, type EndOptions } from '../ends.js';
import { offeredAt } from '../registered.js';
import { PROCEDURE } from '../wire.js';
import { workOf } from '../work.js';

/** What a caller is started with. */
export interface CallerOptions extends EndOptions {
  /** It calls so many procedures (`offeredAt`) in turn; the one of the usual name where it is absent. */
  readonly procedures?: number;
}

const options = optionsOf<CallerOptions>();
const work = workOf(options.work);
const procedures =
  options.procedures === undefined
    ? [PROCEDURE]
    : Array.from({ length: options.procedures }, (_, n) => offeredAt(n).called);
const ids = new RequestIds();
let load: CallLoad | undefined;

const transport = await connect(options, (message: Message) => {
  if (message.type !== MessageType.RESULT) {
    const error = message.type === MessageType.ERROR ? `, ${message.error}` : '';
    load?.failed(new Error(`a wrong answer: message ${message.type}${error}`));
  } else if (!work.isRight(message.request, taken(message.payload).args[0])) {
    load?.failed(new Error(`a wrong answer to call ${message.request}`));
  } else {
    load?.answered(message.request);
  }
});

function send(): number {
  const request = ids.next();
  const procedure = procedures[request % procedures.length] as string;
  transport.send(callMessage(request, {}, procedure, { args: work.args(request), kwargs: {} }));
  return request;
}

serve(options.url, (asked: Load): Promise<CallerReport> => {
  load = new CallLoad(asked, send);
  return load.run();
});
