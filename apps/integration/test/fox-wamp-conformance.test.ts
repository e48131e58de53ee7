// The conformance suite, pointed at a router that this project did not write: what that one lacks is said with a reason.
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Connector } from '@wamp-run/protocol';
import { routerConformance } from '@wamp-run/router/conformance';
import { json } from '@wamp-run/serializers/json';
import { websocket } from '@wamp-run/transport/websocket';
import { afterAll, describe, test } from 'vitest';
import { clock } from './local.js';

const require = createRequire(import.meta.url);

const NO_ABORT = 'closes the connection without ABORT, or goes on';
const ANY_ID = 'takes any request id';
const ANY_URI = 'takes any string for a URI';
const NAMED = 'it is not announced, and ';

const LACKS: Record<string, string> = {
  'basic: HELLO for a realm that is not there: ABORT no_such_realm': 'makes every realm that is asked for',
  'basic: GOODBYE is answered with GOODBYE wamp.close.goodbye_and_out': 'says wamp.error.goodbye_and_out',
  'basic: V2: a second HELLO': NO_ABORT,
  'basic: V5: ERROR with a request type other than INVOCATION': NO_ABORT,
  'basic: V6: YIELD for an invocation that never was': 'answers with ERROR for a YIELD, which is no request',
  'basic: V7: CALL with a request id out of sequence': ANY_ID,
  'basic: V7: PUBLISH with a request id out of sequence': ANY_ID,
  'basic: V7: SUBSCRIBE with a request id out of sequence': ANY_ID,
  'basic: V7: UNSUBSCRIBE with a request id out of sequence': ANY_ID,
  'basic: V7: REGISTER with a request id out of sequence': ANY_ID,
  'basic: V7: UNREGISTER with a request id out of sequence': ANY_ID,
  'basic: V8: a message that only routers send': NO_ABORT,
  'basic: a message other than HELLO first: ABORT protocol_violation': 'answers with ERROR not_authorized',
  'basic: SUBSCRIBE again gives the same subscription id; all subscribers of a topic share it': 'gives new ids',
  'basic: SUBSCRIBE and PUBLISH on what is no URI: invalid_uri': ANY_URI,
  'basic: PUBLISH and REGISTER under wamp: invalid_uri': ANY_URI,
  'basic: an ERROR of the callee reaches the caller with URI and arguments': 'makes it wamp.error.callee_failure',
  'basic: CALL of what nobody has: no_such_procedure; of what is no URI: invalid_uri': ANY_URI,
  'basic: REGISTER of what somebody has: procedure_already_exists': 'takes several callees for every procedure',
  'basic: the callee leaves before it answers: canceled': 'leaves the caller waiting',
  'progressive_call_results: a callee without call_canceling is not asked for progress': 'knows no cancel',
  subscriber_blackwhite_listing: `${NAMED}lists of sessions and roles are ignored`,
  publisher_identification: `${NAMED}the publisher is always disclosed`,
  pattern_based_subscription: `${NAMED}patterns are written into the URI`,
  event_retention: `${NAMED}subscribers ask with another option`,
  event_history: 'has one of its own kind',
  payload_passthru_mode: 'drops the attributes',
  subscription_revocation: 'there is none',
  call_canceling: 'ignores CANCEL',
  call_timeout: 'ignores it',
  caller_identification: 'ignores disclose_me',
  pattern_based_registration: `${NAMED}patterns are written into the URI`,
  shared_registration: `${NAMED}the policy is its own`,
  progressive_call_invocations: 'there are none',
  call_reroute: 'there is none',
  session_meta_api: 'answers in another shape, and has no kills',
  testament_meta_api: 'has a will of its own kind',
  subscription_meta_api: 'there is none',
  registration_meta_api: 'there is none',
};

describe("npm's fox-wamp router (JSON)", () => {
  const FoxRouter = require('fox-wamp') as new () => { listenWAMP(options: object): Server };
  const server = new FoxRouter().listenWAMP({ host: '127.0.0.1', port: 0 });
  const listening = new Promise<Connector>((resolve) => {
    server.on('listening', () => {
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      resolve(websocket(url, { serializers: [json()], clock }));
    });
  });
  afterAll(() => {
    server.close();
  });

  routerConformance({
    test,
    skip: (name, reason) => test.skip(`${name} (${reason})`),
    connector: { address: 'fox-wamp', connect: async (stop) => (await listening).connect(stop) },
    lacks: LACKS,
  });
});
