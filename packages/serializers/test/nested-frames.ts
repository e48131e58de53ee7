import { flatbuffersCall } from './frames.js';

/** A CALL whose args are lists in lists, so many levels deep, written by hand: no encoder goes as deep. */
export function nestedJson(levels: number): Uint8Array {
  return new TextEncoder().encode(`[48,1,{},"p",${'['.repeat(levels)}${']'.repeat(levels)}]`);
}

export function nestedCbor(levels: number): Uint8Array {
  return nested([0x85, 0x18, 48, 1, 0xa0, 0x61, 0x70], 0x81, levels, 0x80);
}

export function nestedMsgpack(levels: number): Uint8Array {
  return nested([0x95, 48, 1, 0x80, 0xa1, 0x70], 0x91, levels, 0x90);
}

/** Both dialects of UBJSON have the same bytes here. */
export function nestedUbjson(levels: number): Uint8Array {
  return new TextEncoder().encode(`[U\u0030U\u0001{}Cp${'['.repeat(levels)}${']'.repeat(levels)}]`);
}

export function nestedFlatbuffers(levels: number): Uint8Array {
  const args = new Uint8Array(levels).fill(0x81);
  args[levels - 1] = 0x80;
  return flatbuffersCall(args);
}

function nested(header: number[], listOfOne: number, levels: number, emptyList: number): Uint8Array {
  const frame = new Uint8Array(header.length + levels).fill(listOfOne);
  frame.set(header);
  frame[frame.length - 1] = emptyList;
  return frame;
}
