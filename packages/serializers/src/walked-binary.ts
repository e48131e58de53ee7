import { BinaryPayload } from '@wamp-run/protocol';
import type { FrameSerializer } from './frame-serializer.js';

/** The binary payload of a frame: the same serializer sends the very item again, and it is read only for another. */
export class WalkedBinary extends BinaryPayload {
  /** The item as it stands in the frame, with all that its format puts around the bytes. */
  readonly item: Uint8Array;
  readonly #serializer: FrameSerializer;

  constructor(item: Uint8Array, serializer: FrameSerializer) {
    super(item);
    this.item = item;
    this.#serializer = serializer;
  }

  /** The name of the serializer whose item this is. */
  get serializer(): string {
    return this.#serializer.name;
  }

  /** The bytes: new ones at every call. */
  override get bytes(): Uint8Array {
    return this.#serializer.readBytes(this.item);
  }
}
