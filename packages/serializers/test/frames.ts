import { callMessage, decoded, payloadIn, type Serializer, type Value } from '@wamp-run/protocol';
import { hex } from './vectors.js';

/** The values in a frame's args. */
export function argsIn(serializer: Serializer, frame: Uint8Array): Value[] {
  return decoded(payloadIn(serializer.decode(frame))).args;
}

/** What arrives of an argument. */
export function echo(serializer: Serializer, value: unknown): Value {
  const frame = serializer.encode(callMessage(1, {}, 'p', { args: [value as Value], kwargs: {} }));
  return argsIn(serializer, frame)[0] as Value;
}

/** `[48, 1, {}, "p", [value, text]]` in CBOR, around a value in hexadecimal digits. The text makes the payload long. */
export function cborCall(value: string, length = 0): Uint8Array {
  return hex(`85 1830 01 a0 6170 82 ${value} 79${length.toString(16).padStart(4, '0')}${'78'.repeat(length)}`);
}

/** The same in MessagePack. */
export function msgpackCall(value: string, length = 0): Uint8Array {
  return hex(`95 30 01 80 a170 92 ${value} da${length.toString(16).padStart(4, '0')}${'78'.repeat(length)}`);
}

/** The same in JSON, around a value as text. */
export function jsonCall(value: string, length = 0): Uint8Array {
  return new TextEncoder().encode(`[48,1,{},"p",[${value},"${'x'.repeat(length)}"]]`);
}

/** The same in UBJSON of either dialect, around bytes as text. */
export function ubjsonCall(value: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`[U0U\u0001{}Cp[${value}]]`, 'latin1'));
}

const CALL_HEAD = hex(`0c000000 08000c000b000400 08000000 14000000 00000030 0c0014000000 0c0008000400
  0c000000 18000000 0c000000 0100000000000000 01000000 70000000`);

/** `[48, 1, {}, "p", args]` as a FlatBuffer, around args in CBOR, which lie at byte 68. */
export function flatbuffersCall(args: Uint8Array): Uint8Array {
  const frame = new Uint8Array(Math.ceil((CALL_HEAD.length + 4 + args.length) / 4) * 4);
  frame.set(CALL_HEAD);
  new DataView(frame.buffer).setUint32(CALL_HEAD.length, args.length, true);
  frame.set(args, CALL_HEAD.length + 4);
  return frame;
}
