/** An id of the protocol: an integer from 1 to 2^53. */
export type Id = number;

/** 2^53 is a valid id, although `Number.isSafeInteger` says no. */
export const MAX_ID = 2 ** 53;

/** Whether a value is an id: a whole number from 1 to 2^53 (`MAX_ID`). */
export function isId(value: unknown): value is Id {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ID;
}

/** Random bytes from outside: `n` of them. Handed in, so that a test can repeat a run. */
export type Random = (n: number) => Uint8Array;

/** An id drawn uniformly from 1 to 2^53, as sessions and publications need them. */
export function randomId(random: Random): Id {
  const bytes = random(7);
  // 53 bits: the low 5 of the first byte and all of the other six.
  let id = (bytes[0] as number) & 0x1f;
  for (let i = 1; i < 7; i++) id = id * 256 + (bytes[i] as number);
  return id + 1;
}

/** The counter of one direction of one session: 1, 2, 3, … and after 2^53 again 1. */
export class RequestIds {
  #last = 0;

  next(): Id {
    this.#last = following(this.#last);
    return this.#last;
  }
}

/** The id after this one. */
export function following(id: Id): Id {
  return id >= MAX_ID ? 1 : id + 1;
}
