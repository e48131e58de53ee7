import {
  announce,
  type Connector,
  type Dict,
  MessageType,
  ROUTER_ROLES,
  registeredMessage,
  subscribedMessage,
  welcomeMessage,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';

/**
 * A router that the test plays message by message, for a component under test: each connection is a new ScriptedPeer.
 *
 * @example
 * const router = new ScriptedRouter();
 * await realm.start(Orders, { connectors: [router.connector], until: 'started' });
 * const peer = await router.welcomed();
 * peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 1));
 */
export class ScriptedRouter {
  readonly connector: Connector;
  readonly #peers: ScriptedPeer[] = [];
  readonly #waiting: ((peer: ScriptedPeer) => void)[] = [];

  constructor() {
    this.connector = {
      address: 'a scripted router',
      connect: async (stop) => {
        if (stop.aborted) throw stop.reason;
        const peer = new ScriptedPeer();
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#peers.push(peer);
        else waiting(peer);
        return peer.transport;
      },
    };
  }

  /** The next connection, on which nothing has been said. */
  connection(): Promise<ScriptedPeer> {
    const peer = this.#peers.shift();
    return peer === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(peer);
  }

  /**
   * The next connection, with HELLO answered.
   *
   * @param details WELCOME's, beside the roles of a router without features
   */
  async welcomed(details: Dict = {}): Promise<ScriptedPeer> {
    const peer = await this.connection();
    await peer.expect(MessageType.HELLO);
    const roles = announce(Object.fromEntries(ROUTER_ROLES.map((role) => [role, []])));
    peer.say(welcomeMessage(1, { roles, ...details }));
    return peer;
  }

  /** Confirms so many registrations and subscriptions, whatever they are, with ids 1, 2, … by their requests. */
  async confirm(peer: ScriptedPeer, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const message = await peer.next();
      if (message.type === MessageType.REGISTER) peer.say(registeredMessage(message.request, message.request));
      else if (message.type === MessageType.SUBSCRIBE) peer.say(subscribedMessage(message.request, message.request));
      else throw new Error(`expected REGISTER or SUBSCRIBE, heard message ${message.type}`);
    }
  }
}
