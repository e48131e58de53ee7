import { inTurns } from './rounds.js';
import type { Row } from './row.js';
import { Stands } from './stand.js';
import type { SerializerName } from './wire.js';

const TEXTS: Readonly<Record<Exclude<SerializerName, 'cbor'>, string>> = { json: 'JSON', msgpack: 'MessagePack' };

/** The row `calls` over another serializer. */
function callsOver(serializer: keyof typeof TEXTS): Row {
  const text = TEXTS[serializer];
  return async (options) => {
    const stands = new Stands(options);
    try {
      await stands.add({ side: 'wamp-run router', role: 'ours', middle: 'router', serializer });
      await stands.add({ side: 'bare ws relay', role: 'floor', middle: 'relay', serializer });
      const many = { work: `routed calls, 64 in flight, ${text}`, by: 'perSecond', aim: undefined } as const;
      const one = { work: `routed calls, one at a time, ${text}`, by: 'p50', aim: undefined } as const;
      return [await inTurns(many, stands.sides(64), options), await inTurns(one, stands.sides(1), options)];
    } finally {
      stands.stop();
    }
  };
}

export const jsonCalls: Row = callsOver('json');
export const msgpackCalls: Row = callsOver('msgpack');
