import type { Id } from './ids.js';

/** A session that a message came through on its way, as routers that are linked name it. */
export interface Forwarded {
  readonly session: Id;
  readonly authid?: string | null | undefined;
  readonly authrole?: string | null | undefined;
}
