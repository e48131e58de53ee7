import type { Random } from '@wamp-run/protocol';
import { concat, utf8 } from './bytes.js';
import { hmacSha256 } from './digests.js';

/** What is made up for principals that do not exist: the same for the same name, and nobody outside can compute it. */
export class Decoys {
  #secret: Uint8Array | undefined;

  /** @param secret what everything made up is derived from; drawn at first need where there is none */
  constructor(secret: Uint8Array | undefined) {
    this.#secret = secret;
  }

  /** So many bytes for this name. `what` tells several of one name apart. */
  async bytes(
    what: string,
    of: { authid: string; realm: string; length: number; random: Random },
  ): Promise<Uint8Array> {
    this.#secret ??= of.random(32);
    let bytes = new Uint8Array(0);
    for (let block = 0; bytes.length < of.length; block++) {
      const seed = utf8(`${what}\0${block}\0${of.realm}\0${of.authid}`);
      bytes = new Uint8Array(concat(bytes, await hmacSha256(this.#secret, seed)));
    }
    return bytes.subarray(0, of.length);
  }

  /** Which of so many this name is like. */
  async choose(count: number, of: { authid: string; realm: string; random: Random }): Promise<number> {
    const [a = 0, b = 0, c = 0, d = 0] = await this.bytes('like', { ...of, length: 4 });
    return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % count;
  }
}
