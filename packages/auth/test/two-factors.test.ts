// Several rounds: one method after another, in one login.
import type { HelloVerdict, ProofVerdict, RouterAuthenticator, RouterLogin } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { ticket } from '../src/ticket/ticket.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { totp } from '../src/totp/totp.js';
import { totpCheck } from '../src/totp/totp-check.js';
import { wampcra } from '../src/wampcra/wampcra.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { logIn } from './handshake.js';

/** A method of one's own: who passes the first has to pass the second, too. */
function both(first: RouterAuthenticator, second: RouterAuthenticator): RouterAuthenticator {
  return {
    method: first.method,
    begin: (request) => {
      let current: RouterLogin = first.begin(request);
      let method = first.method;
      const onwards = async (verdict: HelloVerdict): Promise<ProofVerdict> => {
        if (verdict.outcome === 'pass') return { outcome: 'deny' };
        if (verdict.outcome === 'challenge') return { ...verdict, method };
        if (verdict.outcome === 'deny' || method === second.method) return verdict;
        method = second.method;
        current = second.begin(request);
        return onwards(await current.onHello());
      };
      return {
        onHello: async () => onwards(await current.onHello()),
        onAuthenticate: async (proof) => onwards((await current.onAuthenticate?.(proof)) ?? { outcome: 'deny' }),
      };
    },
  };
}

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const time = 59;
const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
const router = () =>
  both(
    wampcraVerifier({ principals: [{ ...who, secret: 'password' }] }),
    ticketVerifier({ principals: [{ ...who, ticket: totpCheck(secret, { time: () => time }) }] }),
  );

test.each([
  ['password', 0, 'welcome'],
  ['password', 5, 'router'],
  ['passwort', 0, 'router'],
])('the password %s and a code that is %i steps off end in %s', async (password, offset, by) => {
  const client = [
    wampcra({ authid: 'peter', secret: password }),
    ticket({ authid: 'peter', ticket: () => totp(secret, { time, offset }) }),
  ];
  expect(await logIn({ client, router: router() })).toMatchObject({ by });
});

test('one factor alone is not enough', async () => {
  const client = wampcra({ authid: 'peter', secret: 'password' });
  expect(await logIn({ client, router: router() })).toMatchObject({ by: 'client' });
});
