import { InvalidConfiguration, MESSAGE_SHAPES, type MessageName } from '@wamp-run/protocol';
import type { Participant } from './participant.js';

/** Which messages a fault befalls. At least one of `message` and `uri` is there. */
export interface MessageMatch {
  /** The message's name: `REGISTERED`, `CALL`, … Default: any. */
  readonly message?: MessageName;
  /** The procedure or topic that it is about; of answers, the one that was asked for. Default: any. */
  readonly uri?: string;
  /** How many messages, one after the other; Infinity for all. Default: 1. */
  readonly times?: number;
}

/** A fault that waits for its messages. */
export interface Fault {
  /** How many messages it has befallen so far. */
  readonly hits: number;
  /** It befalls no further message, and need not have befallen as many as it was to. */
  end(): void;
}

/** What befalls a message. */
export interface Verdict {
  readonly lost: boolean;
  /** Milliseconds. */
  readonly delay: number;
}

const UNHARMED: Verdict = { lost: false, delay: 0 };

/** One message as faults see it. */
export interface Passing {
  readonly message: MessageName;
  readonly uri: string | undefined;
  readonly participant: Participant;
}

class ArmedFault implements Fault {
  hits = 0;
  ended = false;

  constructor(
    readonly match: MessageMatch,
    readonly of: Participant | undefined,
    readonly verdict: Verdict,
  ) {}

  get left(): number {
    return this.ended ? 0 : (this.match.times ?? 1) - this.hits;
  }

  befalls({ message, uri, participant }: Passing): boolean {
    const { match, of } = this;
    if (this.left <= 0) return false;
    if (match.message !== undefined && match.message !== message) return false;
    if (match.uri !== undefined && match.uri !== uri) return false;
    return of === undefined || of === participant;
  }

  end(): void {
    this.ended = true;
  }

  toString(): string {
    const { message = 'messages', uri } = this.match;
    const what = this.verdict.lost ? `lose ${message}` : `delay ${message} by ${this.verdict.delay} ms`;
    return [
      what,
      ...(uri === undefined ? [] : ['of', uri]),
      ...(this.of === undefined ? [] : ['for', this.of.name]),
    ].join(' ');
  }
}

/** The faults of a realm. The first that fits befalls a message. */
export class Faults {
  readonly #armed: ArmedFault[] = [];

  /** @throws InvalidConfiguration where it says nothing of the messages, or there is no such message */
  arm(match: MessageMatch, of: Participant | undefined, verdict: Verdict): Fault {
    check(match);
    const fault = new ArmedFault(match, of, verdict);
    this.#armed.push(fault);
    return fault;
  }

  verdictOn(passing: Passing): Verdict {
    if (this.#armed.length === 0) return UNHARMED;
    const fault = this.#armed.find((each) => each.befalls(passing));
    if (fault === undefined) return UNHARMED;
    fault.hits++;
    return fault.verdict;
  }

  /** Faults that befell nothing: a test that waits for one of them has proven nothing. */
  unused(): string[] {
    return this.#armed.filter(({ hits, ended }) => hits === 0 && !ended).map(String);
  }
}

const NAMES: readonly string[] = MESSAGE_SHAPES.map(({ name }) => name);

function check({ message, uri, times = 1 }: MessageMatch): void {
  if (message === undefined && uri === undefined) {
    throw new InvalidConfiguration('a fault needs a message or a uri, such as { message: "REGISTERED" }');
  }
  if (message !== undefined && !NAMES.includes(message)) {
    throw new InvalidConfiguration(`message: there is no ${JSON.stringify(message)}; there are ${NAMES.join(', ')}`);
  }
  if (times !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(times) && times >= 1)) {
    throw new InvalidConfiguration(`times: expected a whole number of at least 1, or Infinity, got ${times}`);
  }
}
