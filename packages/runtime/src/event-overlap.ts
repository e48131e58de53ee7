import type { EventDetails } from '@wamp-run/client';
import type { Id } from '@wamp-run/protocol';

/** Publications that are remembered for a topic. Beyond that the oldest is forgotten. */
const MOST = 4_096;

/** Which of the two lives an event came to. */
export type Side = 'old' | 'new';

/**
 * While one life of a component takes over from another, both are subscribed, so that no event is lost. Each event counts
 * for the life that it reaches first, and is left out by the other.
 */
export class EventOverlap {
  readonly #seen = new Map<string, Map<Id, Side>>();
  #over = false;

  /**
   * An event came to one of the two. Whether the other has had it. What the router had kept is never left out: a new instance
   * asks for it because it knows nothing yet.
   *
   * @param topic which of the component's topics it came by
   */
  isTaken(side: Side, topic: string, { publication, retained }: EventDetails): boolean {
    if (retained === true) return false;
    const seen = this.#seen.get(topic);
    const by = seen?.get(publication);
    if (by !== undefined && by !== side) {
      seen?.delete(publication);
      return true;
    }
    if (!this.#over) this.#remember(seen, { side, topic, publication });
    return false;
  }

  /** Only one of the two gets anything any more. What the other has had may still be on its way to it. */
  end(left: Side): void {
    this.#over = true;
    for (const [topic, seen] of this.#seen) {
      for (const [publication, side] of seen) if (side === left) seen.delete(publication);
      if (seen.size === 0) this.#seen.delete(topic);
    }
  }

  #remember(
    known: Map<Id, Side> | undefined,
    { side, topic, publication }: { side: Side; topic: string; publication: Id },
  ): void {
    const seen = known ?? new Map<Id, Side>();
    if (known === undefined) this.#seen.set(topic, seen);
    seen.set(publication, side);
    if (seen.size <= MOST) return;
    for (const oldest of seen.keys()) {
      seen.delete(oldest);
      break;
    }
  }
}
