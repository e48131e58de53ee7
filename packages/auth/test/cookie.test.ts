import { anonymousVerifier } from '@wamp-run/auth/anonymous';
import { cookie, LoginCookies, type LoginCookiesOptions } from '@wamp-run/auth/cookie';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import {
  CLOSE_REASONS,
  InvalidConfiguration,
  type LoginAccepted,
  type LoginRequest,
  PeerRoles,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { countingRandom, PLAIN } from './handshake.js';

const peter = { authid: 'peter', authrole: 'user', realm: 'shop', ticket: 'sesame' };
const ann = { authid: 'ann', authrole: 'user', realm: 'shop', ticket: 'mine' };
const elsewhere = { authid: 'peter', authrole: 'admin', realm: 'lab', ticket: 'other' };

/** A desk with a router behind it that knows tickets. */
function desk(options: Partial<LoginCookiesOptions> = {}) {
  const clock = new FakeClock();
  const cookies = new LoginCookies({ clock, random: countingRandom(), ...options });
  const [byTicket] = cookies.remembering([ticketVerifier({ principals: [peter, ann, elsewhere] })]);
  const [nobody] = cookies.remembering([anonymousVerifier()]);
  const request = (value: string | undefined, realm: string, authid?: string): LoginRequest => ({
    session: 1,
    realm,
    authmethods: ['cookie', 'ticket'],
    authid,
    authrole: undefined,
    authextra: {},
    roles: new PeerRoles({}),
    transport: { ...PLAIN, wire: 'websocket', cookie: (name) => (name === cookies.name ? value : undefined) },
    clock,
    random: countingRandom(7),
  });
  return {
    clock,
    cookies,
    nobody,
    /** Logs in by ticket over a connection that is known by this cookie. */
    earn: async (value: string | undefined, { authid, realm, ticket }: typeof peter) => {
      const login = byTicket?.begin(request(value, realm, authid));
      await login?.onHello();
      return (await login?.onAuthenticate?.({ signature: ticket, extra: {} })) as LoginAccepted;
    },
    /** What becomes of a login by that cookie. */
    show: async (value: string | undefined, realm = 'shop', authid?: string) =>
      (await cookies.verifier.begin(request(value, realm, authid)).onHello()) as LoginAccepted,
    request,
  };
}

describe('what is set', () => {
  test('256 random bits, out of the reach of scripts and of other sites, and over TLS only where there is TLS', () => {
    const { cookies } = desk({ maxAge: 90_500 });
    const plain = cookies.open([], false);
    expect(plain.setCookie).toBe(`wamp-login=${plain.value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=90`);
    expect(Buffer.from(plain.value, 'base64url')).toHaveLength(32);
    expect(cookies.open([], true).setCookie).toMatch(/; Secure$/);
    expect(desk({ secure: true }).cookies.open([], false).setCookie).toMatch(/; Secure$/);
  });

  test('one that nobody has earned is never taken over; one that somebody has is left', async () => {
    const { cookies, earn } = desk();
    const planted = 'a'.repeat(43);
    const { value } = cookies.open([planted], false);
    expect(value).not.toBe(planted);
    await earn(value, peter);
    expect(cookies.open([planted, value], false)).toEqual({ value });
  });

  test.each<[Partial<LoginCookiesOptions>, RegExp]>([
    [{ name: 'a b' }, /name: it is no name of a cookie/],
    [{ maxAge: 1 }, /maxAge: expected a whole number, at least 1000/],
    [{ limit: 0 }, /limit: expected/],
    [{ secure: 1 as never }, /secure: expected true or false/],
    [{ nme: 'x' } as never, /did you mean name\?/],
  ])('%j is refused', (options, message) => {
    expect(() => desk(options)).toThrow(InvalidConfiguration);
    expect(() => desk(options)).toThrow(message);
  });
});

describe('who is let in by it', () => {
  test('who has earned it, in that realm and under that name; others have the next method', async () => {
    const { earn, show } = desk();
    expect(await show('c1')).toEqual({ outcome: 'pass' });
    expect(await earn('c1', peter)).toMatchObject({ outcome: 'accept', authid: 'peter' });
    const { outcome, authid, authrole, authprovider, realm } = await show('c1');
    expect({ outcome, authid, authrole, authprovider, realm }).toEqual({
      outcome: 'accept',
      authid: 'peter',
      authrole: 'user',
      authprovider: 'static',
      realm: 'shop',
    });
    expect((await show('c1', 'shop', 'peter')).outcome).toBe('accept');
    for (const other of [show('c1', 'lab'), show('c1', 'shop', 'ann'), show('c2'), show(undefined)]) {
      expect(await other).toEqual({ outcome: 'pass' });
    }
  });

  test('a wrong secret earns nothing', async () => {
    const { earn, show } = desk();
    expect((await earn('c1', { ...peter, ticket: 'wrong' })).outcome).toBe('deny');
    expect(await show('c1')).toEqual({ outcome: 'pass' });
  });

  test('one that somebody has earned never comes to stand for another', async () => {
    const { earn, show, cookies } = desk();
    await earn('c1', peter);
    // In another realm it stays whose it was.
    await earn('c1', elsewhere);
    expect(await show('c1', 'lab')).toEqual({ outcome: 'pass' });
    expect((await show('c1')).authid).toBe('peter');
    // In the same one it is nobody's then: the next connection gets a new one.
    await earn('c1', ann);
    expect(await show('c1')).toEqual({ outcome: 'pass' });
    expect(cookies.open(['c1'], false).value).not.toBe('c1');
  });

  test('it is forgotten with its age, at a logout, and on demand', async () => {
    const { earn, show, cookies, clock } = desk({ maxAge: 10_000 });
    await earn('c1', peter);
    clock.advance(9_999);
    expect((await show('c1')).outcome).toBe('accept');
    clock.advance(1);
    expect(await show('c1')).toEqual({ outcome: 'pass' });

    const { onLeave } = await earn('c2', peter);
    onLeave?.(CLOSE_REASONS.normal);
    const again = await show('c2');
    expect(again.outcome).toBe('accept');
    again.onLeave?.(CLOSE_REASONS.logout);
    expect(await show('c2')).toEqual({ outcome: 'pass' });

    await earn('c3', peter);
    await earn('c4', ann);
    cookies.forget('peter', 'shop');
    expect(await show('c3')).toEqual({ outcome: 'pass' });
    expect((await show('c4')).authid).toBe('ann');
  });

  test('there are so many at most, in all and of one principal', async () => {
    const { earn, show, cookies } = desk({ limit: 3, limitOfOne: 2 });
    await earn('a1', ann);
    for (const value of ['p1', 'p2', 'p3']) await earn(value, peter);
    expect(cookies.size).toBe(3);
    expect(await show('p1')).toEqual({ outcome: 'pass' });
    expect((await show('a1')).outcome).toBe('accept');
    await earn('b1', elsewhere);
    expect(cookies.size).toBe(3);
    expect(await show('a1')).toEqual({ outcome: 'pass' });
  });

  test('an answer at once stays one, and a wire without cookies has none', () => {
    const { nobody, request } = desk();
    expect(nobody?.begin(request('c1', 'shop')).onHello()).toMatchObject({ outcome: 'accept' });
    const { cookie: _none, ...transport } = request('c1', 'shop').transport;
    expect(nobody?.begin({ ...request('c1', 'shop'), transport }).onHello()).not.toHaveProperty('onLeave');
  });
});

test('the client offers the method, and refuses another authid than it asked for', () => {
  expect(cookie()).toMatchObject({ method: 'cookie', authid: undefined });
  const login = cookie({ authid: 'peter' }).begin();
  const context = { realm: 'shop', authid: 'peter', authrole: undefined, authextra: {}, transport: PLAIN };
  expect(login.onWelcome?.({ authid: 'peter' }, context)).toBeUndefined();
  expect(login.onWelcome?.({ authid: 'ann' }, context)).toMatch(/another authid/);
  expect(() => cookie({ authid: '' })).toThrow(InvalidConfiguration);
});
