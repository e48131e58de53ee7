// The other end of a relay, with ws and cbor-x alone.
import { MessageType, type Value } from '@wamp-run/protocol';
import { type CallerReport, CallLoad, type Load } from '../call-load.js';
import { plainEnd } from '../cbor-x-ends.js';
import { optionsOf, serve } from '../child.js';
import type { EndOptions } from '../ends.js';
import { PROCEDURE } from '../wire.js';
import { workOf } from '../work.js';

const { url, work: name } = optionsOf<EndOptions>();
const work = workOf(name);
let last = 0;
let load: CallLoad | undefined;
const end = await plainEnd(url, ([type, request, , args]) => {
  const n = request as number;
  if (type === MessageType.RESULT && work.isRight(n, (args as Value[])[0])) load?.answered(n);
  else load?.failed(new Error(`a wrong answer to call ${n}`));
});

function send(): number {
  const request = ++last;
  end.send([MessageType.CALL, request, {}, PROCEDURE, work.args(request)]);
  return request;
}

serve(url, (asked: Load): Promise<CallerReport> => {
  load = new CallLoad(asked, send);
  return load.run();
});
