import {
  type Dict,
  helloMessage,
  type MatchPolicy,
  type Message,
  MessageType,
  type RouterAuthenticator,
  registerMessage,
  subscribeMessage,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import type { Action, RealmOptions, Router, RouterOptions } from '../src/index.js';
import { ALL_ROLES, routerAndClock, TestClient } from './clients.js';

/** Everybody gets the role that HELLO asks for: good enough for a test, and for nothing else. */
export const believing: RouterAuthenticator = {
  method: 'believing',
  begin: ({ realm, authid = 'somebody', authrole = 'nobody' }) => ({
    onHello: () => ({ outcome: 'accept', authid, authrole, authprovider: 'test', realm }),
  }),
};

/** A router with one realm, where clients have the roles that they want. */
export function routerOf(realm: Omit<RealmOptions, 'name'>, options: Partial<RouterOptions> = {}) {
  return routerAndClock({ realms: [{ name: 'realm1', ...realm }], authenticators: [believing], ...options });
}

export async function joinAs(router: Router, authrole: string, authid = 'somebody'): Promise<TestClient> {
  const peer = new ScriptedPeer();
  router.attach(peer.transport);
  peer.say(helloMessage('realm1', { roles: ALL_ROLES, authmethods: ['believing'], authrole, authid }));
  const client = new TestClient(peer);
  const { session, details } = await peer.expect(MessageType.WELCOME);
  client.session = session;
  client.details = details;
  return client;
}

/** Tries something, and gives back what comes of it: `yes`, or the error without `wamp.error.`. */
export async function tried(
  client: TestClient,
  action: Action,
  uri: string,
  match: MatchPolicy = 'exact',
): Promise<string> {
  const options: Dict = match === 'exact' ? {} : { match };
  switch (action) {
    case 'call':
      client.call(uri);
      break;
    case 'publish':
      client.publish(uri, [], { acknowledge: true });
      break;
    case 'register':
      client.say(registerMessage(client.request(), options, uri));
      break;
    case 'subscribe':
      client.say(subscribeMessage(client.request(), options, uri));
      break;
  }
  return outcomeOf(await client.peer.next());
}

function outcomeOf(message: Message): string {
  if (message.type !== MessageType.ERROR) return 'yes';
  // It may be called; that nobody has it is another matter.
  if (message.error === 'wamp.error.no_such_procedure') return 'yes';
  return message.error.replace('wamp.error.', '');
}
