import type { CallerReport, Load } from './call-load.js';
import { type Child, Children } from './child.js';
import type { EndOptions, Middle } from './ends.js';
import type { RouterProcessOptions } from './processes/router.js';
import type { Side } from './rounds.js';
import type { Figures, RowOptions } from './row.js';
import type { SerializerName } from './wire.js';
import type { WorkName } from './work.js';

/** One side of a row of calls: what stands in the middle, and the ends on either side of it, each a process of its own. */
export interface StandOptions {
  readonly side: string;
  readonly role: Side['role'];
  readonly middle: Middle;
  /** Default: WebSocket. */
  readonly wire?: RouterProcessOptions['wire'];
  /** Default: CBOR. */
  readonly serializer?: SerializerName;
  /** Default: a sum. */
  readonly work?: WorkName;
  /** The ends are made of ws and cbor-x alone. */
  readonly plain?: boolean;
  /** How many procedures the callee registers, and how many of them the caller calls in turn. Default: one. */
  readonly registrations?: number;
  readonly procedures?: number;
}

/** Three processes that are there for calls. */
export class Stand {
  readonly name: string;
  readonly role: Side['role'];
  readonly #middle: Child | undefined;
  readonly #caller: Child<CallerReport>;

  constructor(name: string, role: Side['role'], middle: Child | undefined, caller: Child<CallerReport>) {
    this.name = name;
    this.role = role;
    this.#middle = middle;
    this.#caller = caller;
  }

  /** Measures calls through it, and the CPU time of what stands in the middle. */
  side(load: Load): Side {
    return { name: this.name, role: this.role, measure: () => this.#measure(load) };
  }

  async #measure(load: Load): Promise<Figures> {
    const before = await this.#cpu();
    const { calls, perSecond, p50, p99 } = await this.#caller.ask(load);
    const cpu = (await this.#cpu()) - before;
    const figures = { perSecond, p50, p99, time: 1_000_000 / perSecond };
    return this.#middle === undefined ? figures : { ...figures, cpu: cpu / calls };
  }

  async #cpu(): Promise<number> {
    return (await this.#middle?.ask<number>({ self: 'cpu' })) ?? 0;
  }
}

/** The stands of a row. They are stopped together. */
export class Stands {
  readonly #children = new Children();
  readonly #options: RowOptions;
  readonly #all: Stand[] = [];

  constructor(options: RowOptions) {
    this.#options = options;
  }

  async add(options: StandOptions): Promise<Stand> {
    const { side, role, middle, wire = 'websocket', serializer = 'cbor', work = 'sum', plain = false } = options;
    const file = middle === 'router' ? this.#options.router : undefined;
    const between = await this.#children.start(middle, { wire, serializer }, { file });
    const end: EndOptions = { middle, url: between.url, serializer, work };
    const { registrations, procedures } = options;
    await this.#children.start(plain ? 'cbor-x-callee' : 'callee', { ...end, registrations });
    const caller = await this.#children.start<CallerReport>(plain ? 'cbor-x-caller' : 'caller', { ...end, procedures });
    return this.#keep(new Stand(side, role, between, caller));
  }

  /** A WAMP client of another project's on both ends, with fox-wamp between them. */
  async addClients(name: 'autobahn' | 'wampy'): Promise<void> {
    if (!this.#options.peers) return;
    const middle = await this.#children.start('fox-wamp', {});
    await this.#children.start(name, { role: 'callee', url: middle.url });
    const caller = await this.#children.start<CallerReport>(name, { role: 'caller', url: middle.url });
    this.#keep(new Stand(`${name} and fox-wamp, JSON`, 'peer', middle, caller));
  }

  /** NestJS over TCP, with nothing between its ends. */
  async addNest(): Promise<void> {
    if (!this.#options.peers) return;
    const callee = await this.#children.start('nest', { role: 'callee', url: '' });
    const caller = await this.#children.start<CallerReport>('nest', { role: 'caller', url: callee.url });
    this.#keep(new Stand('NestJS TCP, no router', 'peer', undefined, caller));
  }

  #keep(stand: Stand): Stand {
    this.#all.push(stand);
    return stand;
  }

  /** All of them, under the same load. */
  sides(inFlight: number): Side[] {
    const { seconds } = this.#options;
    return this.#all.map((stand) => stand.side({ inFlight, seconds }));
  }

  stop(): void {
    this.#children.stop();
  }
}
