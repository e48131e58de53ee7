import { InvalidConfiguration, type Message, messageFromList, nameOf, type Value } from '@wamp-run/protocol';
import { json } from '@wamp-run/serializers/json';
import { listOf } from './message-list.js';

/** Which of the two sides of a connection. */
export type Side = 'client' | 'router';

interface Line {
  /** Milliseconds on the realm's clock. */
  readonly at: number;
  /** The connection's number in its realm: 1, 2, … */
  readonly connection: number;
  /** The component's or session's name. */
  readonly client: string;
}

/** A message, where it was delivered, or lost. */
export interface MessageLine extends Line {
  /** Who sent it. */
  readonly from: Side;
  /** As WAMP writes it: `[code, …, args, kwargs]`. */
  readonly message: readonly Value[];
  /** A fault has lost it: the other side never got it. */
  readonly lost?: true;
}

/** The end of a connection, as one of its sides learned of it. */
export interface EndLine extends Line {
  /** Which side. */
  readonly ended: Side;
  readonly clean: boolean;
}

/** One line of a transcript. */
export type TranscriptLine = MessageLine | EndLine;

const CODEC = json();

/**
 * What went over the wires of a realm, in order. As text it is JSON lines, to be saved beside a test and replayed:
 * bytes stand there as WAMP writes them in JSON.
 *
 * @example
 * await writeFile('orders.jsonl', realm.transcript.toJsonLines());
 * await replayToRouter(Transcript.fromJsonLines(await readFile('orders.jsonl', 'utf8')), otherRealm);
 */
export class Transcript {
  readonly #lines: TranscriptLine[];

  constructor(lines: readonly TranscriptLine[] = []) {
    this.#lines = [...lines];
  }

  /** The lines so far. */
  get lines(): readonly TranscriptLine[] {
    return this.#lines;
  }

  add(line: TranscriptLine): void {
    this.#lines.push(line);
  }

  /** Only the lines of one component or session. */
  of(client: string): Transcript {
    return new Transcript(this.#lines.filter((line) => line.client === client));
  }

  /**
   * One line of JSON for each line.
   *
   * @throws SerializationError where JSON cannot carry a message: a string of an application's that begins with NUL
   */
  toJsonLines(): string {
    return this.#lines.map((line) => `${written(line)}\n`).join('');
  }

  /**
   * Reads what `toJsonLines` wrote.
   *
   * @throws InvalidConfiguration that names the line which is none
   */
  static fromJsonLines(text: string): Transcript {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return new Transcript(lines.map((line, index) => read(line, `line ${index + 1} of the transcript`)));
  }

  /** The messages for people, one a line: `12 ms Orders → REGISTER [1,{},"com.shop.order"]`. */
  toString(): string {
    return this.#lines.map(described).join('\n');
  }
}

/** One line for people. */
export function described(line: TranscriptLine): string {
  const before = `${line.at} ms ${line.client}`;
  if ('ended' in line) return `${before}: the ${line.ended} lost the connection${line.clean ? ' (clean)' : ''}`;
  const lost = line.lost === true ? ' (lost)' : '';
  return `${before} ${line.from === 'client' ? '→' : '←'} ${describedMessage(line.message)}${lost}`;
}

/** A message for people: its name, and its items as JSON. */
export function describedMessage(list: readonly Value[]): string {
  const message = messageFromList(list);
  return `${nameOf(message)} ${bytesAsText(message).replace(/^\[\d+,?/, '[')}`;
}

function bytesAsText(message: Message): string {
  return new TextDecoder().decode(CODEC.encode(message));
}

function written(line: TranscriptLine): string {
  if ('ended' in line) return JSON.stringify(line);
  const { message, ...rest } = line;
  // The message is written by WAMP's own JSON, which knows bytes and long integers.
  return `${JSON.stringify(rest).slice(0, -1)},"message":${bytesAsText(messageFromList(message))}}`;
}

const KEY = ',"message":';

function read(text: string, place: string): TranscriptLine {
  try {
    const at = text.indexOf(KEY);
    if (at < 0) return checked(JSON.parse(text), place);
    const line = checked(JSON.parse(`${text.slice(0, at)}}`), place);
    const message = CODEC.decode(new TextEncoder().encode(text.slice(at + KEY.length, text.lastIndexOf('}'))));
    return { ...line, message: listOf(message) } as MessageLine;
  } catch (cause) {
    if (cause instanceof InvalidConfiguration) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidConfiguration(`${place}: ${reason}`, { cause });
  }
}

function checked(line: Partial<TranscriptLine>, place: string): TranscriptLine {
  if (typeof line.at !== 'number' || typeof line.connection !== 'number' || typeof line.client !== 'string') {
    throw new InvalidConfiguration(`${place}: expected at, connection and client, as toJsonLines() writes them`);
  }
  return line as TranscriptLine;
}
