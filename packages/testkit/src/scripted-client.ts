import { announce, CLIENT_ROLES, helloMessage, MessageType, nameOf } from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import type { Connection } from './connection.js';
import { patiently } from './patience.js';

/** A scripted peer at the client's end of a connection. */
export function scriptedClient(connection: Connection): ScriptedPeer {
  const peer = new ScriptedPeer();
  peer.transport.start({
    message: (message) => connection.clientEnd.send(message),
    closed: () => connection.drop(),
  });
  connection.clientEnd.start({
    message: (message) => peer.transport.send(message),
    closed: (why) => peer.drop(why),
  });
  return peer;
}

/** Says HELLO in every role. Rejects where WELCOME is not the answer. */
export async function join(peer: ScriptedPeer, realm: string, patience: number): Promise<void> {
  const roles = announce(Object.fromEntries(CLIENT_ROLES.map((role) => [role, []])));
  peer.say(helloMessage(realm, { roles }));
  const answer = await patiently(peer.next(), patience, () => 'the router does not answer HELLO');
  if (answer.type !== MessageType.WELCOME) throw new Error(`expected WELCOME, heard ${nameOf(answer)}`);
}
