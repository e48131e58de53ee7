import { type PlainPayload, RawPayload } from '@wamp-run/protocol';
import type { FrameSerializer } from './frame-serializer.js';

/** The raw payload of a frame that was walked: what the walk found is kept, so that decoding need not walk again. */
export class WalkedPayload extends RawPayload {
  readonly #serializer: FrameSerializer;
  readonly #odd: boolean;

  constructor(raw: Uint8Array, elements: 1 | 2, serializer: FrameSerializer, odd: boolean) {
    super(raw, elements, serializer);
    this.#serializer = serializer;
    this.#odd = odd;
  }

  override decode(): PlainPayload {
    return this.#serializer.readTail(this.raw, this.elements, this.#odd);
  }
}
