// One end of a relay, with ws and cbor-x alone.
import { MessageType, type Value } from '@wamp-run/protocol';
import { plainEnd } from '../cbor-x-ends.js';
import { optionsOf, serve } from '../child.js';
import type { EndOptions } from '../ends.js';
import { workOf } from '../work.js';

const { url, work: name } = optionsOf<EndOptions>();
const work = workOf(name);
const end = await plainEnd(url, ([, request, , , args]) => {
  end.send([MessageType.RESULT, request, {}, [work.answer(args as Value[])]]);
});
serve(url);
