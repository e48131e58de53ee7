import { ERROR_URIS } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { anonymous } from '../src/anonymous/anonymous.js';
import { anonymousVerifier } from '../src/anonymous/anonymous-verifier.js';
import { ticket } from '../src/ticket/ticket.js';
import { countingRandom, logIn, requestOf } from './handshake.js';

test('everybody is let in, under a name of its own and in the role that the router gives', async () => {
  const random = countingRandom();
  const router = anonymousVerifier({ authrole: 'guest' });
  const first = await logIn({ client: anonymous({ authrole: 'admin' }), router, random });
  const second = await logIn({ client: anonymous(), router, random });
  expect(first).toMatchObject({ by: 'welcome', details: { authrole: 'guest', realm: 'com.example' } });
  const names = [first, second].map((each) => (each.by === 'welcome' ? each.details.authid : undefined));
  expect(names[0]).toMatch(/^([2-9A-HJ-NP-Z]{4}-){4}[2-9A-HJ-NP-Z]{4}$/);
  expect(names[1]).not.toBe(names[0]);
});

test('the authid in HELLO counts for nothing', async () => {
  const verdict = await anonymousVerifier()
    .begin(requestOf({ authid: 'admin' }))
    .onHello();
  expect(verdict).toMatchObject({ outcome: 'accept', authrole: 'anonymous' });
  expect(verdict).not.toMatchObject({ authid: 'admin' });
});

test('in realms that it is not for, it passes', async () => {
  const router = anonymousVerifier({ realms: ['com.public'] });
  expect(await logIn({ client: anonymous(), router })).toEqual({
    by: 'router',
    reason: ERROR_URIS.noMatchingAuthMethod,
  });
  expect(await logIn({ client: anonymous(), router, realm: 'com.public' })).toMatchObject({ by: 'welcome' });
});

test('of methods that the router does not have, the next has its turn', async () => {
  const client = [ticket({ authid: 'peter', ticket: 'x' }), anonymous()];
  expect(await logIn({ client, router: anonymousVerifier() })).toMatchObject({ details: { authmethod: 'anonymous' } });
});
