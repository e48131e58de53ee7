import { ERROR_URIS } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { ticket } from '../src/ticket/ticket.js';
import { type TicketPrincipal, ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { after, logIn, requestOf } from './handshake.js';

const peter: TicketPrincipal = { authid: 'peter', authrole: 'user', realm: 'com.example', ticket: 'secret!!!' };
const router = ticketVerifier({ principals: [peter, { ...peter, authid: 'anna', ticket: 'another' }] });
const client = ticket({ authid: 'peter', ticket: 'secret!!!' });

describe('ticket', () => {
  test('the right ticket is let in, in the role of the principal', async () => {
    expect(await logIn({ client, router })).toEqual({
      by: 'welcome',
      details: {
        authid: 'peter',
        authrole: 'user',
        authmethod: 'ticket',
        authprovider: 'static',
        realm: 'com.example',
      },
    });
  });

  test.each([
    ['a wrong ticket', ticket({ authid: 'peter', ticket: 'secret!!?' })],
    ['the ticket of another', ticket({ authid: 'peter', ticket: 'another' })],
    ['the beginning of the ticket', ticket({ authid: 'peter', ticket: 'secret' })],
    ['an authid that does not exist', ticket({ authid: 'nobody', ticket: 'secret!!!' })],
  ])('%s is refused', async (_, wrong) => {
    expect(await logIn({ client: wrong, router })).toEqual({
      by: 'router',
      reason: ERROR_URIS.authenticationDenied,
      message: 'the login was refused',
    });
  });

  test('a principal of another realm is refused', async () => {
    const outcome = await logIn({ client, router, realm: 'com.elsewhere' });
    expect(outcome).toMatchObject({ by: 'router', reason: ERROR_URIS.authenticationDenied });
  });

  test('HELLO without an authid is refused with what is missing', async () => {
    const outcome = await logIn({ client, router, hello: ({ authextra }) => ({ authid: undefined, authextra }) });
    expect(outcome).toMatchObject({ by: 'router', reason: ERROR_URIS.authenticationFailed });
  });

  test('a ticket that comes too late, and one that comes twice, is refused', async () => {
    const clock = new FakeClock();
    const late = await logIn({ client, router, clock, proof: after(clock, 30_001) });
    expect(late).toMatchObject({ by: 'router', reason: ERROR_URIS.authenticationDenied });
    const inTime = await logIn({ client, router, clock, proof: after(clock, 30_000) });
    expect(inTime).toMatchObject({ by: 'welcome' });

    const login = router.begin(requestOf({ authid: 'peter' }));
    await login.onHello();
    const proof = { signature: 'secret!!!', extra: {} };
    expect(await login.onAuthenticate?.(proof)).toMatchObject({ outcome: 'accept' });
    expect(await login.onAuthenticate?.(proof)).toMatchObject({ outcome: 'deny' });
  });

  test('an answer before any challenge is refused', async () => {
    const login = router.begin(requestOf({ authid: 'peter' }));
    expect(await login.onAuthenticate?.({ signature: 'secret!!!', extra: {} })).toMatchObject({ outcome: 'deny' });
  });

  test('principals come from a function, and tickets from functions', async () => {
    const asked: [string, string][] = [];
    const dynamic = ticketVerifier({
      principals: async (authid, realm) => {
        asked.push([authid, realm]);
        return authid === 'peter' ? { ...peter, ticket: async (given) => given.endsWith('!!!') } : undefined;
      },
    });
    const fresh = ticket({ authid: 'peter', ticket: async () => 'any!!!' });
    expect(await logIn({ client: fresh, router: dynamic })).toMatchObject({
      by: 'welcome',
      details: { authprovider: 'dynamic' },
    });
    expect(asked).toEqual([['peter', 'com.example']]);
    const wrong = ticket({ authid: 'peter', ticket: 'any!!' });
    expect(await logIn({ client: wrong, router: dynamic })).toMatchObject({ by: 'router' });
  });

  test.each([
    ['another authid', { authid: 'admin' }],
    ['another realm', { realm: 'com.elsewhere' }],
  ])('a function that gives a principal of %s lets nobody in', async (_, other) => {
    const odd = ticketVerifier({ principals: () => ({ ...peter, ...other }) });
    expect(await logIn({ client, router: odd })).toMatchObject({
      by: 'router',
      reason: ERROR_URIS.authenticationDenied,
    });
  });

  test('a function that fails, or gives what is no principal, refuses with a technical failure', async () => {
    const failing = ticketVerifier({ principals: () => Promise.reject(new Error('the store is away')) });
    expect(await logIn({ client, router: failing })).toMatchObject({ reason: ERROR_URIS.authenticationFailed });
    const odd = ticketVerifier({ principals: () => ({ ...peter, authrole: '' }) });
    expect(await logIn({ client, router: odd })).toMatchObject({ reason: ERROR_URIS.authenticationFailed });
  });

  test('a WELCOME under another authid is refused by the client', async () => {
    const outcome = await logIn({ client, router, welcome: (details) => ({ ...details, authid: 'paul' }) });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('what a principal says for WELCOME is in it', async () => {
    const told = ticketVerifier({ principals: [{ ...peter, authprovider: 'users', authextra: { team: 'red' } }] });
    expect(await logIn({ client, router: told })).toMatchObject({
      details: { authprovider: 'users', authextra: { team: 'red' } },
    });
  });
});
