import type { Dict, PlainPayload } from '@wamp-run/protocol';

/** What a session leaves to be published at its end. */
export interface Testament {
  readonly topic: string;
  /** As of PUBLISH. */
  readonly options: Dict;
  readonly payload: PlainPayload;
  readonly bytes: number;
}

/** `detached`: the client has lost its connection; `destroyed`: the session is gone. Here the one follows the other. */
export const SCOPES = ['detached', 'destroyed'] as const;
export type Scope = (typeof SCOPES)[number];

/** The testaments of one session. */
export class Testaments {
  // Made with the first one: most sessions leave none.
  #of: Record<Scope, Testament[]> | undefined;
  #bytes = 0;

  get size(): number {
    return this.#of === undefined ? 0 : this.#of.detached.length + this.#of.destroyed.length;
  }

  /** Bytes of all of them, as `sizeOf` counts. */
  get bytes(): number {
    return this.#bytes;
  }

  add(scope: Scope, testament: Testament): void {
    this.#of ??= { detached: [], destroyed: [] };
    this.#of[scope].push(testament);
    this.#bytes += testament.bytes;
  }

  /** Nothing is left. */
  clear(): void {
    for (const scope of SCOPES) this.take(scope);
  }

  /** Takes all of one scope out, in the order in which they came. */
  take(scope: Scope): Testament[] {
    if (this.#of === undefined) return [];
    const taken = this.#of[scope];
    this.#of[scope] = [];
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken;
  }
}
