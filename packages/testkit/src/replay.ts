import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { type ComponentClass, type ComponentDefinition, describe } from '@wamp-run/component';
import { MessageType, messageFromList, type Value } from '@wamp-run/protocol';
import type { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { IdNames } from './id-names.js';
import { listOf } from './message-list.js';
import { patiently, settle } from './patience.js';
import type { StartOptions } from './realm-options.js';
import { ScriptedRouter } from './scripted-router.js';
import type { TestRealm } from './test-realm.js';
import { describedMessage, type MessageLine, type Side, type Transcript } from './transcript.js';

/** Real milliseconds that a message may take whose turn it is. */
const PATIENCE = 2_000;

/** How a component is put before a transcript. */
export interface ReplayToComponentOptions extends Omit<StartOptions, 'connectors' | 'until'> {
  /** Whose lines of the transcript are the component's. Default: the component's name. */
  readonly as?: string;
}

/**
 * Plays the clients of a transcript to the router of another realm, and holds what that answers to what was answered
 * then. Ids that routers draw may differ; HELLO and WELCOME are not compared. The clock moves as it did.
 *
 * @throws (rejects) AssertionError at the first line that went another way
 */
export async function replayToRouter(transcript: Transcript, realm: TestRealm): Promise<void> {
  const peers = new Map<number, ScriptedPeer>();
  const replay = new Replay(transcript, 'router', realm);
  await replay.run(async ({ connection, client }) => {
    let peer = peers.get(connection);
    if (peer === undefined) {
      peer = await realm.peer({ join: false, name: client });
      peers.set(connection, peer);
    }
    return peer;
  });
}

/**
 * Plays the router of a transcript to a component, and holds what that sends to what was sent then. The component stays
 * in the realm, connected to nobody, until that closes.
 *
 * @throws (rejects) AssertionError at the first line that went another way
 * @example await replayToComponent(Transcript.fromJsonLines(text), realm, Orders);
 */
export async function replayToComponent(
  transcript: Transcript,
  realm: TestRealm,
  target: ComponentClass | ComponentDefinition,
  options: ReplayToComponentOptions = {},
): Promise<void> {
  const { as = describe(target).name, ...start } = options;
  const own = transcript.of(as);
  if (own.lines.length === 0) {
    const names = [...new Set(transcript.lines.map(({ client }) => client))].join(', ');
    throw new AssertionError({ message: `the transcript has no line of ${as}; there are lines of: ${names}` });
  }
  const router = new ScriptedRouter();
  await realm.start(target, { ...start, connectors: [router.connector], until: 'started' });
  const peers = new Map<number, ScriptedPeer>();
  await new Replay(own, 'client', realm).run(async ({ connection }) => {
    let peer = peers.get(connection);
    if (peer === undefined) {
      peer = await patiently(router.connection(), PATIENCE, () => `${as} does not connect`);
      peers.set(connection, peer);
    }
    return peer;
  });
}

/** One run through a transcript, in which `subject` is under test and the other side is played. */
class Replay {
  readonly #transcript: Transcript;
  readonly #subject: Side;
  readonly #realm: TestRealm;
  /** Ids of the transcript, and of this run. */
  readonly #then = new IdNames();
  readonly #now = new IdNames();

  constructor(transcript: Transcript, subject: Side, realm: TestRealm) {
    this.#transcript = transcript;
    this.#subject = subject;
    this.#realm = realm;
  }

  async run(peerOf: (line: { connection: number; client: string }) => Promise<ScriptedPeer>): Promise<void> {
    const { lines } = this.#transcript;
    const peers = new Set<ScriptedPeer>();
    let at = lines[0]?.at ?? 0;
    for (const [index, line] of lines.entries()) {
      if (line.at > at) await this.#realm.advance(line.at - at);
      at = Math.max(at, line.at);
      if ('ended' in line) {
        // What the subject itself closed, it closes again; what broke is broken here.
        if (line.ended === this.#subject && !line.clean) (await peerOf(line)).drop();
        continue;
      }
      const peer = await peerOf(line);
      peers.add(peer);
      if (line.from === this.#subject) await this.#expect(peer, line, index + 1);
      else if (line.lost !== true) this.#say(peer, line);
      await settle();
    }
    for (const peer of peers) {
      const [more] = peer.heard;
      if (more !== undefined) throw different('after the last line, expected nothing more', listOf(more), undefined);
    }
  }

  #say(peer: ScriptedPeer, { connection, message }: MessageLine): void {
    const translated = this.#now.translated(message, connection, this.#then);
    // Named in the run as well, so that both count alike.
    this.#then.named(message, connection);
    this.#now.named(translated, connection);
    peer.say(messageFromList(translated));
  }

  async #expect(
    peer: ScriptedPeer,
    { connection, message: wanted, client }: MessageLine,
    number: number,
  ): Promise<void> {
    const who = this.#subject === 'router' ? 'the router' : client;
    const place = `line ${number}: expected ${who} to send ${describedMessage(wanted)}`;
    const heard = await patiently(peer.next(), PATIENCE, () => `${place}, but nothing comes`).catch(
      (cause: unknown) => {
        const message =
          cause instanceof Error && cause.message.startsWith(place) ? cause.message : `${place}, but ${String(cause)}`;
        throw new AssertionError({ message });
      },
    );
    const actual = listOf(heard);
    const then = this.#then.named(wanted, connection);
    const now = this.#now.named(actual, connection);
    if (!isDeepStrictEqual(comparable(now), comparable(then))) throw different(place, actual, wanted);
  }
}

/** What two sides say of themselves in the handshake changes with their versions. */
function comparable(message: readonly Value[]): readonly Value[] {
  const [code] = message;
  return code === MessageType.HELLO || code === MessageType.WELCOME ? [code] : message;
}

function different(place: string, actual: readonly Value[], expected: readonly Value[] | undefined): AssertionError {
  return new AssertionError({ message: `${place}, but it sent ${describedMessage(actual)}`, actual, expected });
}
