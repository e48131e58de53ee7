import {
  announce,
  callMessage,
  type Dict,
  type Feature,
  type Id,
  registerMessage,
  type Value,
} from '@wamp-run/protocol';
import { type Attachable, argsOf, type JoinOptions, TestClient } from './clients.js';

export const CALLEE_FEATURES: readonly Feature[] = [
  'progressive_call_results',
  'progressive_call_invocations',
  'call_canceling',
  'call_timeout',
  'call_reroute',
  'caller_identification',
  'pattern_based_registration',
  'shared_registration',
  'registration_revocation',
  'payload_passthru_mode',
];

export const CALLER_FEATURES: readonly Feature[] = [
  'progressive_call_results',
  'progressive_call_invocations',
  'call_canceling',
  'call_timeout',
  'caller_identification',
  'payload_passthru_mode',
];

/** The roles of a client that announces everything about calls, but for what is left out. */
export function rolesWithout(...left: Feature[]): Dict {
  const those = (features: readonly Feature[]) => features.filter((feature) => !left.includes(feature));
  return announce({ caller: those(CALLER_FEATURES), callee: those(CALLEE_FEATURES) });
}

/** A client that announces everything about calls. */
export function join(router: Attachable, options: JoinOptions = {}): Promise<TestClient> {
  return TestClient.join(router, { roles: rolesWithout(), ...options });
}

/** So many of these. */
export function joinAll(router: Attachable, count: number): Promise<TestClient[]> {
  return Promise.all(Array.from({ length: count }, () => join(router)));
}

/** The error URI that answers a REGISTER. */
export async function refused(client: TestClient, procedure: string, options: Dict = {}): Promise<string> {
  client.say(registerMessage(client.request(), options, procedure));
  const error = await client.error();
  if (error.requestType !== 64) throw new Error(`expected the answer to REGISTER, heard that to ${error.requestType}`);
  return error.error;
}

/** A further part of a call. */
export function callPart(client: TestClient, request: Id, procedure: string, args: Value[], options: Dict): void {
  client.say(callMessage(request, options, procedure, { args, kwargs: {} }));
}

/** From now on, this client answers what comes with its name. It can do nothing else then, but drop. */
export function answering(callee: TestClient, name: string): void {
  const answer = async () => {
    for (;;) callee.yield((await callee.invocation()).request, [name]);
  };
  // The test that goes on without it notices what it does not hear.
  answer().catch(() => {});
}

/** Calls, and gives what is answered: the name of whoever is `answering`. */
export async function answerTo(caller: TestClient, procedure: string): Promise<unknown> {
  const request = caller.call(procedure);
  const result = await caller.result();
  if (result.request !== request) throw new Error('the result of another call came');
  return (argsOf(result) as unknown[])[0];
}
