import * as ws from 'ws';
import { FrameReader, type Reading } from '../../src/websocket/frame-reader.js';

/** A frame to be written down, right or wrong. */
export interface WebFrame {
  /** The first octet: the final bit, reserved bits, opcode. */
  readonly first: number;
  readonly payload: Uint8Array;
  /** Its mask; none where it is undefined. */
  readonly key: readonly number[] | undefined;
  /** The octets that its length takes behind the first two. Default: as few as may be. */
  readonly lengthOctets?: 0 | 2 | 8;
}

/** A frame's octets. */
export function webFrame({ first, payload, key, lengthOctets }: WebFrame): Buffer {
  const { length } = payload;
  const octets = lengthOctets ?? (length <= 125 ? 0 : length <= 0xffff ? 2 : 8);
  const head = Buffer.alloc(2 + octets);
  head[0] = first;
  head[1] = (key === undefined ? 0 : 0x80) | { 0: length, 2: 126, 8: 127 }[octets];
  if (octets === 2) head.writeUInt16BE(length, 2);
  if (octets === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (key === undefined) return Buffer.concat([head, payload]);
  return Buffer.concat([head, Uint8Array.from(key), payload.map((octet, i) => octet ^ (key[i & 3] as number))]);
}

/** What reads frames inside ws; its types leave it out. */
const { Receiver } = ws as unknown as {
  Receiver: new (
    options: object,
  ) => {
    // What a stream calls; straight, because it tells of errors only after the turn.
    _write(chunk: Buffer, encoding: string, done: (error?: { code: string } | null) => void): void;
    on(event: string, run: (...args: never[]) => void): void;
  };
};

const CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
};

/** Something that reads frames, and what it has made of them so far, in order. */
export interface Reader {
  readonly heard: string[];
  feed(chunk: Buffer): void;
}

/** ws reads, which keeps to RFC 6455. */
export function readerOfWs({ masked, limit }: Reading): Reader {
  const heard: string[] = [];
  const receiver = new Receiver({ isServer: masked, maxPayload: limit, maxFragments: 16 * 1024 });
  let over = false;
  const end = (what: string) => {
    over = true;
    heard.push(what);
  };
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    heard.push(told(isBinary ? 'binary' : 'text', data));
  });
  receiver.on('ping', (data: Buffer) => heard.push(told('ping', data)));
  receiver.on('pong', (data: Buffer) => heard.push(told('pong', data)));
  receiver.on('conclude', (code: number, reason: Buffer) => end(told(`close ${code}`, reason)));
  return {
    heard,
    feed: (chunk) => {
      if (over) return;
      receiver._write(Buffer.from(chunk), 'buffer', (error) => {
        if (error) end(`refused ${CODES[error.code] ?? 1002}`);
      });
    },
  };
}

/** The reader of this package, with ws behind it for control frames, as at a socket. */
export function ownReader(reading: Reading): Reader {
  const behind = readerOfWs(reading);
  const { heard } = behind;
  class Heard extends FrameReader {
    protected override message(payload: Buffer, isBinary: boolean): void {
      heard.push(told(isBinary ? 'binary' : 'text', payload));
    }
    protected override control(frame: Buffer): void {
      behind.feed(frame);
    }
    protected override refused(code: number): void {
      heard.push(`refused ${code}`);
    }
  }
  const reader = new Heard(reading);
  return { heard, feed: (chunk) => reader.feed(chunk, false) };
}

function told(what: string, octets: Buffer): string {
  // Long ones by their digest would be as good, and harder to look at.
  return `${what} ${octets.length}: ${octets.toString('latin1')}`;
}

/** Feeds octets in pieces that end at these places, each in memory of its own, as they come from a socket. */
export function feedCut({ feed }: Reader, octets: Buffer, cuts: readonly number[]): void {
  let from = 0;
  for (const cut of [...cuts, octets.length].sort((a, b) => a - b)) {
    if (cut <= from || cut > octets.length) continue;
    const chunk = Buffer.allocUnsafeSlow(cut - from);
    octets.copy(chunk, 0, from, cut);
    feed(chunk);
    from = cut;
  }
}
