import type { Dict, Value } from '@wamp-run/protocol';

/** A publication as it reached the router. */
export interface RecordedEvent {
  readonly topic: string;
  readonly args: readonly Value[];
  readonly kwargs: Dict;
  /** PUBLISH's options, by their names on the wire. */
  readonly options: Dict;
  /** Who published it: the name of the component or session. */
  readonly by: string;
  /** Milliseconds on the realm's clock. */
  readonly at: number;
  /** The error URI, where the router refused it (known of acknowledged publications only). */
  refused?: string;
}
