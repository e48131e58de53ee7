import * as componentPackage from '@wamp-run/component';
import {
  type Connector,
  MessageType,
  registeredMessage,
  subscribedMessage,
  TransportLost,
  welcomeMessage,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import type { LoadedComponent } from '../src/index.js';

export const ROLES = {
  roles: {
    broker: {},
    dealer: { features: { progressive_call_results: true, call_canceling: true, payload_transparency: true } },
  },
};

/** A way to a router that the test plays: each connection is a new peer. */
export class ScriptedRouter {
  readonly connector: Connector;
  reachable = true;
  connections = 0;
  #peers: ScriptedPeer[] = [];
  #waiting: ((peer: ScriptedPeer) => void)[] = [];

  constructor() {
    this.connector = {
      address: 'scripted',
      connect: async () => {
        if (!this.reachable) throw new TransportLost('cannot connect to scripted: refused');
        this.connections++;
        const peer = new ScriptedPeer();
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#peers.push(peer);
        else waiting(peer);
        return peer.transport;
      },
    };
  }

  /** The next connection. */
  peer(): Promise<ScriptedPeer> {
    const peer = this.#peers.shift();
    return peer === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(peer);
  }

  /** The next connection, let in, with all that the component offers accepted. */
  async welcomed(requests: number): Promise<ScriptedPeer> {
    const peer = await this.peer();
    await peer.expect(MessageType.HELLO);
    peer.say(welcomeMessage(7, ROLES));
    await this.accept(peer, requests);
    return peer;
  }

  async accept(peer: ScriptedPeer, requests: number): Promise<void> {
    for (let i = 0; i < requests; i++) {
      const message = await peer.next();
      if (message.type === MessageType.REGISTER) peer.say(registeredMessage(message.request, 100 + message.request));
      else if (message.type === MessageType.SUBSCRIBE)
        peer.say(subscribedMessage(message.request, 200 + message.request));
      else throw new Error(`unexpected ${message.type}`);
    }
  }
}

export function loaded(of: abstract new (...args: never[]) => unknown): LoadedComponent {
  return { file: 'test', description: componentPackage.describe(of as never), package: componentPackage };
}
