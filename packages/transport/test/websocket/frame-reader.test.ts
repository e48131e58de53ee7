// What is read here, beside what ws reads from the same octets, however they are cut.

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { FrameReader, type Reading } from '../../src/websocket/frame-reader.js';
import { READING_STATES } from '../../src/websocket/frame-states.js';
import { feedCut, ownReader, type Reader, readerOfWs, type WebFrame, webFrame } from '../support/web-frames.js';

const KEY = [0x12, 0xfe, 0x45, 0x9a];
const LIMIT = 70_000;

const ENDS: [string, boolean][] = [
  ['a server', true],
  ['a client', false],
];

function keyFor(masked: boolean): number[] | undefined {
  return masked ? KEY : undefined;
}

/** What ws says of these octets, which it gets whole. */
function verdict(octets: Buffer, reading: Reading): string[] {
  const reader = readerOfWs(reading);
  reader.feed(octets);
  return reader.heard;
}

/** Whether a reader hears what ws hears. */
function agrees(make: (reading: Reading) => Reader, { octets, cuts, ...reading }: Stream): void {
  const reader = make(reading);
  feedCut(reader, octets, cuts);
  expect(reader.heard).toEqual(verdict(octets, reading));
}

interface Stream extends Reading {
  readonly octets: Buffer;
  readonly cuts: readonly number[];
}

const text = fc.string({ unit: 'binary', maxLength: 30 }).map((string) => new TextEncoder().encode(string));
const payload = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(63, 64, 124, 125, 126, 127, 300, 65_535, 65_536, 69_990).map(lettersOf),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom([0x03, 0xe8], [0x03, 0xed], [0x0b, 0xb8, 0x6f]).map((o) => Uint8Array.from(o)),
  },
);

function lettersOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 33 + (i % 90));
}

/** Mostly frames that may come, now and then one that may not; whether it may, ws decides. */
function frames(masked: boolean): fc.Arbitrary<WebFrame[]> {
  const usual = fc.constantFrom(0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x80, 0x89, 0x8a);
  const first = fc.oneof(
    { weight: 40, arbitrary: usual },
    { weight: 1, arbitrary: fc.constant(0x88) },
    { weight: 1, arbitrary: fc.nat(255) },
  );
  const key = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  const right = masked ? fc.oneof(key, fc.constant([0, 0, 0, 0])) : fc.constant(undefined);
  const wrong = masked ? fc.constant(undefined) : key;
  const frame = fc.record({
    first,
    payload,
    key: fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: wrong }),
  });
  return fc.array(frame, { minLength: 1, maxLength: 12 });
}

/** A message in fragments, with control frames between them. */
function fragments(masked: boolean): fc.Arbitrary<WebFrame[]> {
  const between = fc.constantFrom<number[]>([], [], [0x89], [0x8a, 0x89]);
  const part = fc.record({ octets: fc.oneof(text, fc.uint8Array({ maxLength: 9 })), between });
  return fc
    .record({ isText: fc.boolean(), parts: fc.array(part, { minLength: 1, maxLength: 8 }) })
    .map(({ isText, parts }) => {
      const key = keyFor(masked);
      const kind = isText ? 1 : 2;
      return parts.flatMap(({ octets, between }, i) => [
        { first: (i === 0 ? kind : 0) | (i === parts.length - 1 ? 0x80 : 0), payload: octets, key },
        ...(i === parts.length - 1 ? [] : between.map((first) => ({ first, payload: octets, key }))),
      ]);
    });
}

const stream: fc.Arbitrary<Stream> = fc.boolean().chain((masked) =>
  fc.record({
    masked: fc.constant(masked),
    limit: fc.constantFrom(40, 200, LIMIT),
    octets: fc
      .array(fc.oneof(frames(masked), fragments(masked)), { minLength: 1, maxLength: 3 })
      .map((all) => Buffer.concat(all.flat().map(webFrame))),
    cuts: fc.oneof(fc.array(fc.nat(300), { maxLength: 40 }), fc.array(fc.nat(140_000), { maxLength: 8 })),
  }),
);

describe('beside ws', () => {
  test('the same is heard, whatever comes, and however it is cut', () => {
    fc.assert(
      fc.property(stream, (each) => agrees(ownReader, each)),
      { numRuns: 1500 },
    );
  });

  test('the same is heard octet by octet', () => {
    fc.assert(
      fc.property(
        stream.filter(({ octets }) => octets.length < 3000),
        (each) => agrees(ownReader, { ...each, cuts: Array.from(each.octets.keys()) }),
      ),
      { numRuns: 300 },
    );
  });

  test.each(ENDS)('octets that are no frames break %s, if anything, and never otherwise', (_name, masked) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 20 }), (octets, cuts) => {
        // A length that is not the shortest is refused here, and taken by ws.
        fc.pre(!((octets[1] ?? 0) % 0x80 >= 126));
        const reader = ownReader({ masked, limit: LIMIT });
        feedCut(reader, Buffer.from(octets), cuts);
        const refusals = reader.heard.filter((what) => what.startsWith('refused'));
        expect(refusals.length).toBeLessThan(2);
        if (refusals.length === 1) expect(reader.heard.at(-1)).toBe(refusals[0]);
      }),
      { numRuns: 500 },
    );
  });

  /** Frames that lead to each state. */
  const ways = { between: [], 'within-text': [0x01], 'within-binary': [0x02], over: [0x88] } as const;

  test.each(ENDS)('every first octet does in every state what it does there, at %s', (_name, masked) => {
    expect(Object.keys(ways)).toEqual(Object.keys(READING_STATES));
    const key = keyFor(masked);
    const empty = new Uint8Array(0);
    for (const way of Object.values(ways)) {
      for (let first = 0; first < 256; first++) {
        const all = [...way, first, 0x80, 0x89, 0x82].map((each) => webFrame({ first: each, payload: empty, key }));
        agrees(ownReader, { octets: Buffer.concat(all), cuts: [], masked, limit: LIMIT });
      }
    }
  });

  test.each(ENDS)('a text is valid as a whole, wherever it is cut into frames, at %s', (_name, masked) => {
    const key = keyFor(masked);
    const euro = [0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80];
    for (const octets of [euro, [...euro, 0xed, 0xa0, 0x80], euro.slice(0, 5), [0xc0, 0xaf]]) {
      for (let cut = 0; cut <= octets.length; cut++) {
        const [begun, rest] = [octets.slice(0, cut), octets.slice(cut)].map((part) => Uint8Array.from(part));
        const all = [
          { first: 0x01, payload: begun as Uint8Array, key },
          { first: 0x80, payload: rest as Uint8Array, key },
        ];
        const bytes = Buffer.concat(all.map(webFrame));
        for (const cuts of [[], Array.from(bytes.keys())]) {
          agrees(ownReader, { octets: bytes, cuts, masked, limit: LIMIT });
        }
      }
    }
  });

  test('as many fragments as ws takes are taken, and no more', () => {
    for (const parts of [16 * 1024, 16 * 1024 + 1]) {
      const middle = webFrame({ first: 0x00, payload: new Uint8Array(0), key: KEY });
      const octets = Buffer.concat([
        webFrame({ first: 0x02, payload: new Uint8Array(0), key: KEY }),
        ...Array.from({ length: parts - 2 }, () => middle),
        webFrame({ first: 0x80, payload: Uint8Array.of(7), key: KEY }),
      ]);
      agrees(ownReader, { octets, cuts: [], masked: true, limit: LIMIT });
    }
  });
});

/** Readers that are wrong, each in one way. */
const broken: [string, (reading: Reading) => Reader][] = [
  ['takes any size', (reading) => ownReader({ ...reading, limit: Number.POSITIVE_INFINITY })],
  ['takes less than the limit', (reading) => ownReader({ ...reading, limit: reading.limit - 1 })],
  ['wants masks at the wrong end', (reading) => ownReader({ ...reading, masked: !reading.masked })],
  ['has one code for everything', (reading) => heardAs(reading, (what) => what.replace(/^refused .*/, 'refused 1002'))],
  ['takes text for binary', (reading) => heardAs(reading, (what) => what.replace(/^text/, 'binary'))],
  ['loses an octet at the end', (reading) => heardAs(reading, (what) => what.replace(/(.*: .+)./s, '$1'))],
  ['says nothing of pings', (reading) => heardAs(reading, (what) => (what.startsWith('ping') ? undefined : what))],
  ['loses what is empty', (reading) => heardAs(reading, (what) => (what.includes(' 0: ') ? undefined : what))],
  ['turns the order round', (reading) => ({ ...withHeard(ownReader(reading), (all) => [...all].reverse()) })],
  ['begins anew with each chunk', beginningAnew],
];

function withHeard(reader: Reader, change: (all: readonly string[]) => string[]): Reader {
  return {
    feed: (chunk) => reader.feed(chunk),
    get heard() {
      return change(reader.heard);
    },
  };
}

function heardAs(reading: Reading, change: (what: string) => string | undefined): Reader {
  return withHeard(ownReader(reading), (all) => all.map(change).filter((what) => what !== undefined));
}

function beginningAnew(reading: Reading): Reader {
  const heard: string[] = [];
  return {
    heard,
    feed: (chunk) => {
      const reader = ownReader(reading);
      reader.feed(chunk);
      heard.push(...reader.heard);
    },
  };
}

test.each(broken)('a reader that %s is found out', (_name, make) => {
  const found = fc.check(
    fc.property(stream, (each) => agrees(make, each)),
    { numRuns: 1500, endOnFailure: true },
  );
  expect(found.failed).toBe(true);
});

describe('a length', () => {
  const cases: [number, 2 | 8][] = [
    [0, 2],
    [125, 2],
    [0, 8],
    [125, 8],
    [126, 8],
    [65_535, 8],
  ];

  test.each(cases)('of %i in %i octets is not the shortest, and refused', (length, lengthOctets) => {
    for (const cuts of [[], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) {
      const reader = ownReader({ masked: true, limit: LIMIT });
      feedCut(reader, webFrame({ first: 0x82, payload: lettersOf(length), key: KEY, lengthOctets }), cuts);
      expect(reader.heard).toEqual(['refused 1002']);
    }
  });

  test.each([
    ['2^53 - 1', [0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['2^53', [0, 0x20, 0, 0, 0, 0, 0, 0]],
    ['2^64 - 1', [255, 255, 255, 255, 255, 255, 255, 255]],
  ])('of %s is too large, whatever the limit', (_name, octets) => {
    const reader = ownReader({ masked: false, limit: 2 ** 40 });
    reader.feed(Buffer.from([0x82, 127, ...octets]));
    expect(reader.heard).toEqual(['refused 1009']);
  });

  test('that is announced takes no room before it comes', () => {
    const reader = ownReader({ masked: false, limit: 2 ** 24 });
    const before = process.memoryUsage().arrayBuffers;
    reader.feed(Buffer.from([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0]));
    reader.feed(Buffer.from('begun'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(reader.heard).toEqual([]);
  });
});

describe('memory', () => {
  /** A chunk as a socket reads one: alone in its memory. */
  function chunkOf(octets: Uint8Array): Buffer {
    const chunk = Buffer.allocUnsafeSlow(octets.length);
    chunk.set(octets);
    return chunk;
  }

  function reading() {
    const messages: { payload: Buffer; alone: boolean }[] = [];
    class Keeping extends FrameReader {
      protected override message(payload: Buffer, _isBinary: boolean, alone: boolean): void {
        messages.push({ payload, alone });
      }
      protected override control(): void {}
      protected override refused(code: number): void {
        expect.unreachable(`refused with ${code}`);
      }
    }
    return { reader: new Keeping({ masked: true, limit: 2 ** 24 }), messages };
  }

  const large = lettersOf(65_536);
  const small = webFrame({ first: 0x82, payload: lettersOf(20), key: KEY });

  test('of chunks that were copied from is given back, and the message is alone in its own', () => {
    const { reader, messages } = reading();
    const frame = webFrame({ first: 0x82, payload: large, key: KEY });
    const chunks = [chunkOf(frame.subarray(0, 40_000)), chunkOf(frame.subarray(40_000))];
    for (const chunk of chunks) reader.feed(chunk, false);
    expect(chunks.map(({ length }) => length)).toEqual([0, 0]);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.alone).toBe(true);
    expect(Buffer.compare(messages[0]?.payload as Buffer, large)).toBe(0);
  });

  test('of a chunk is given back behind the beginning of a frame, which goes on', () => {
    const { reader, messages } = reading();
    const [first, second] = [large, lettersOf(20)].map((payload) => webFrame({ first: 0x82, payload, key: KEY })) as [
      Buffer,
      Buffer,
    ];
    reader.feed(chunkOf(first.subarray(0, 40_000)), false);
    const chunk = chunkOf(Buffer.concat([first.subarray(40_000), second.subarray(0, 3)]));
    reader.feed(chunk, false);
    expect(chunk).toHaveLength(0);
    reader.feed(chunkOf(second.subarray(3)), false);
    expect(messages.map(({ payload }) => payload.length)).toEqual([65_536, 20]);
    expect(messages[1]?.payload.toString()).toBe(Buffer.from(lettersOf(20)).toString());
  });

  test('of a chunk that others have, too, is left alone', () => {
    const { reader } = reading();
    const chunk = chunkOf(webFrame({ first: 0x82, payload: large, key: KEY }).subarray(0, 40_000));
    reader.feed(chunk, true);
    expect(chunk).toHaveLength(40_000);
  });

  test.each([
    ['a message', small],
    ['a ping', webFrame({ first: 0x89, payload: lettersOf(20), key: KEY })],
  ])('of a chunk of which %s was passed on is not given back', (_name, passedOn) => {
    const { reader } = reading();
    const begun = webFrame({ first: 0x82, payload: large, key: KEY }).subarray(0, 40_000);
    const chunk = chunkOf(Buffer.concat([passedOn, begun]));
    reader.feed(chunk, false);
    expect(chunk).toHaveLength(40_000 + passedOn.length);
  });

  test('belongs to a message alone where it fills the chunk that it came in, and only there', () => {
    const { reader, messages } = reading();
    const frame = webFrame({ first: 0x82, payload: lettersOf(20_000), key: KEY });
    reader.feed(chunkOf(frame), false);
    reader.feed(chunkOf(frame), true);
    reader.feed(chunkOf(Buffer.concat([frame, small])), false);
    reader.feed(Buffer.concat([small, frame]), false);
    expect(messages.map(({ alone }) => alone)).toEqual([true, false, false, false, false, false]);
    // Not copied.
    expect(messages[0]?.payload.byteOffset).toBe(frame.length - 20_000);
  });

  test('grows with a message in many frames so that little is copied twice', () => {
    const { reader, messages } = reading();
    const copied = vi.spyOn(Buffer.prototype, 'copy');
    const part = (first: number) => webFrame({ first, payload: lettersOf(1000), key: KEY });
    reader.feed(part(0x02), false);
    for (let n = 0; n < 9998; n++) reader.feed(part(0x00), false);
    reader.feed(part(0x80), false);
    expect(messages[0]?.payload).toHaveLength(10_000_000);
    // Each part once, and the whole a few times over at most.
    expect(copied.mock.calls.length).toBeLessThan(10_100);
    copied.mockRestore();
  });
});
