import { Client, type Session } from '@wamp-run/client';
import { type ComponentClass, type ComponentDefinition, describe, ProcessScope } from '@wamp-run/component';
import { InvalidConfiguration, type Logger, type Random, silent } from '@wamp-run/protocol';
import { FakeClock, type ScriptedPeer } from '@wamp-run/protocol/conformance';
import { advance } from './advance.js';
import { closeRealm } from './close-realm.js';
import type { Connection } from './connection.js';
import type { Fault, MessageMatch } from './faults.js';
import { type HeldBy, Network } from './network.js';
import type { Participant } from './participant.js';
import { patiently, settle } from './patience.js';
import { checkStart, type StartOptions, type TestRealmSettings, type TestSessionOptions } from './realm-options.js';
import { RealmRouter } from './realm-router.js';
import type { RecordedEvent } from './recorded-event.js';
import { join, scriptedClient } from './scripted-client.js';
import { seededRandom } from './seeded-random.js';
import { notInService, standstill } from './standstill.js';
import { TestComponent } from './test-component.js';
import type { Transcript } from './transcript.js';

/** Whose connection is meant: a component's, or a session's of `realm.session()`. */
export type Target = TestComponent | Session;

/** A realm for one test, or a few. Made by `createTestRealm`. */
export class TestRealm {
  /** The realm's name. Components are joined to it whatever realm their decorators name. */
  readonly name: string;
  /** What timeouts, backoff, delays and histories go by. To move it, `advance` is the better way. */
  readonly clock = new FakeClock();
  readonly #settings: TestRealmSettings;
  readonly #network: Network;
  readonly #log: Logger;
  readonly #random: Random;
  readonly #router: RealmRouter;
  readonly #shared = new Map<string, unknown>();
  readonly #process = new ProcessScope();
  readonly #components: TestComponent[] = [];
  readonly #clients: Client[] = [];
  readonly #participants = new Map<Target, Participant>();
  #closing: Promise<void> | undefined;

  /** For `createTestRealm`. */
  constructor(settings: TestRealmSettings) {
    this.name = settings.realm.name;
    this.#settings = settings;
    this.#network = new Network(this.clock);
    this.#log = settings.log ?? silent;
    this.#random = seededRandom(~settings.seed);
    this.#router = new RealmRouter({ settings, network: this.#network, clock: this.clock, log: this.#log });
    this.#router.start();
  }

  /** Everything that has gone over the realm's wires. */
  get transcript(): Transcript {
    return this.#network.transcript;
  }

  /**
   * Runs a component as `wamp-run` does, and resolves when it is in service.
   *
   * @throws (rejects) InvalidConfiguration where the class cannot be described; why it failed, such as BrokenComponent;
   *   an Error after `patience` real milliseconds, where it waits for the clock
   * @example const orders = await realm.start(Orders, { extra: { limit: 3 }, providers: [{ token: Stock, useValue: stock }] });
   */
  async start(target: ComponentClass | ComponentDefinition, options: StartOptions = {}): Promise<TestComponent> {
    this.#refuseWhenClosed();
    checkStart(options);
    const participant = this.#network.enter(describe(target).name);
    const component = new TestComponent({
      target,
      name: participant.name,
      realm: this.name,
      connector: this.#network.connector(participant),
      shared: this.#shared,
      process: this.#process,
      begun: (session) => this.#participants.set(session, participant),
      start: options,
      clock: this.clock,
      random: this.#random,
      log: this.#log,
    });
    this.#components.push(component);
    this.#participants.set(component, participant);
    component.begin();
    if (options.until === 'started') return component;
    await patiently(component.settled(), this.#settings.patience, () => notInService(component, this.clock));
    const { error, state } = component.status;
    if (state === 'failed' && error !== undefined) throw error;
    return component;
  }

  /**
   * A session that is joined: to call components, to publish to them, to stand in for their neighbours. It is a
   * client's lasting one: after a fault it joins again, as the clock moves on.
   *
   * @throws (rejects) what keeps it from joining
   */
  async session(options: TestSessionOptions = {}): Promise<Session> {
    this.#refuseWhenClosed();
    const { name = 'session', ...rest } = options;
    const participant = this.#network.enter(name);
    const client = new Client({
      log: this.#log,
      ...rest,
      connectors: [this.#network.connector(participant)],
      realm: this.name,
      clock: this.clock,
      random: this.#random,
    });
    this.#clients.push(client);
    this.#participants.set(client.session, participant);
    const why = () => `${participant.name} is not joined: it is ${client.state}; ${standstill(this.clock)}`;
    return patiently(client.joined(), this.#settings.patience, why);
  }

  /**
   * A client that the test plays message by message: it says what it likes, and looks at what it heard.
   *
   * @param options `join: false` leaves HELLO to the test. Default: it is joined.
   * @throws (rejects) an Error where the router does not let it in
   */
  async peer(options: { readonly join?: boolean; readonly name?: string } = {}): Promise<ScriptedPeer> {
    this.#refuseWhenClosed();
    const participant = this.#network.enter(options.name ?? 'peer');
    const peer = scriptedClient(this.#network.connect(participant));
    if (options.join !== false) await join(peer, this.name, this.#settings.patience);
    return peer;
  }

  /** What was published, in order; of one topic, or of all. What the router itself publishes is not among it. */
  events(topic?: string): readonly RecordedEvent[] {
    const { events } = this.#network;
    return topic === undefined ? [...events] : events.filter((event) => event.topic === topic);
  }

  /** What is registered at the router, and by whom. */
  registrations(): readonly HeldBy[] {
    return this.#network.registrations();
  }

  /** What is subscribed to at the router, and by whom. */
  subscriptions(): readonly HeldBy[] {
    return this.#network.subscriptions();
  }

  /**
   * Moves the clock on, from timer to timer: what each sets off is finished before the next one is due.
   *
   * @param ms milliseconds
   */
  advance(ms: number): Promise<void> {
    return advance(this.clock, ms);
  }

  /** Lets everything run that does not wait for time. */
  settle(): Promise<void> {
    return settle();
  }

  /**
   * Loses messages that come from now on. A router ends the session whose next request skips an id, so that a client
   * which is to survive a lost request needs a router with `strictRequestIds: false`; answers may be lost in any case.
   *
   * @param match which, and how many (default: one)
   * @param of whose; default: anybody's
   * @throws InvalidConfiguration where `match` names nothing, or no message there is
   * @example realm.lose({ message: 'REGISTERED', uri: 'com.shop.order' });
   */
  lose(match: MessageMatch, of?: Target): Fault {
    return this.#network.faults.arm(match, this.#optional(of), { lost: true, delay: 0 });
  }

  /**
   * Holds messages back for so many milliseconds of the clock, and with them what comes behind, as a slow wire does.
   *
   * @throws InvalidConfiguration as `lose`, and where `ms` is no positive number
   */
  delay(match: MessageMatch, ms: number, of?: Target): Fault {
    if (!(ms > 0 && ms < 2 ** 31)) throw new InvalidConfiguration(`delay: expected milliseconds above 0, got ${ms}`);
    return this.#network.faults.arm(match, this.#optional(of), { lost: false, delay: ms });
  }

  /** Breaks a connection: both sides learn of it, nobody says goodbye. */
  async drop(target: Target): Promise<void> {
    this.#connectionOf(target).drop();
    await settle();
  }

  /**
   * Breaks a connection so that only the client learns of it: the router keeps the dead session, and what it registered.
   *
   * @returns the router notices
   */
  async leaveStale(target: Target): Promise<() => Promise<void>> {
    const connection = this.#connectionOf(target);
    connection.leaveStale();
    await settle();
    return async () => {
      connection.endStale();
      await settle();
    };
  }

  /**
   * The client stops reading: what the router sends piles up (`limits.queuedBytes` of the router, measured as JSON).
   *
   * @returns it reads on
   */
  stopReading(target: Target): () => Promise<void> {
    const connection = this.#connectionOf(target);
    connection.stopReading();
    return async () => {
      connection.resumeReading();
      await settle();
    };
  }

  /**
   * Stops the router: no connection succeeds until `startRouter`. All that it knew is gone, but for a history in a store
   * that was handed in.
   *
   * @param options `graceful`: it says GOODBYE to all. Default: it crashes.
   */
  async stopRouter(options: { readonly graceful?: boolean } = {}): Promise<void> {
    await this.#router.stop(options.graceful === true);
  }

  /** Starts the router where it was stopped: a new one, which knows nothing. */
  startRouter(): void {
    this.#refuseWhenClosed();
    this.#router.start();
  }

  /** Stops the router and starts another. Clients come back as the clock moves on. */
  async restartRouter(options: { readonly graceful?: boolean } = {}): Promise<void> {
    await this.stopRouter(options);
    this.startRouter();
  }

  /**
   * Ends everything: components are drained, the last one started first, sessions leave, the router closes. The clock
   * moves on by itself where something waits for it. Any number of times.
   *
   * @throws (rejects) an Error that lists what the test has left behind: calls without an answer, handlers that still
   *   run, messages held back, faults that befell nothing, timers (unless `leftovers` is `ignore`)
   */
  close(): Promise<void> {
    this.#closing ??= closeRealm({
      components: this.#components,
      clients: this.#clients,
      network: this.#network,
      clock: this.clock,
      patience: this.#settings.patience,
      stopRouter: () => this.stopRouter({ graceful: true }),
    }).then((leftovers) => {
      if (leftovers.length === 0 || this.#settings.leftovers === 'ignore') return;
      throw new Error(
        `the test left something behind in ${this.name}:\n${leftovers.map((each) => `- ${each}`).join('\n')}`,
      );
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new InvalidConfiguration('this test realm is closed; make a new one');
  }

  #optional(target: Target | undefined): Participant | undefined {
    return target === undefined ? undefined : this.#participantOf(target);
  }

  #participantOf(target: Target): Participant {
    const participant = this.#participants.get(target);
    if (participant !== undefined) return participant;
    throw new InvalidConfiguration(
      'this is no component and no session of this realm; give what start() or session() gave',
    );
  }

  #connectionOf(target: Target): Connection {
    const { connection, name } = this.#participantOf(target);
    if (connection === undefined || connection.isOver || connection.isStale) {
      throw new InvalidConfiguration(
        `${name} is not connected now: there is nothing to break; advance the clock first`,
      );
    }
    return connection;
  }
}
