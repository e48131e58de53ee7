import { expect, test } from 'vitest';
import { CookieJar, cookiesIn } from '../src/cookies.js';

test('a header of cookies: of each name all values, and nothing of what is none', () => {
  const cookies = cookiesIn('a=1; b = "two" ;c;=d; a=3; e=f=g; __proto__=x');
  expect(cookies.get('a')).toEqual(['1', '3']);
  expect(cookies.get('b')).toEqual(['two']);
  expect(cookies.get('e')).toEqual(['f=g']);
  expect(cookies.get('__proto__')).toEqual(['x']);
  expect(cookies.has('c')).toBe(false);
  expect(cookiesIn('').size).toBe(0);
});

test('a jar keeps the latest, drops what is taken away, and goes beside cookies of the headers', () => {
  const jar = new CookieJar(false);
  expect(jar.withCookies({ accept: 'x' })).toEqual({ accept: 'x' });
  jar.take(['a=1; Path=/; HttpOnly', 'b=2', '=3', 'nothing']);
  jar.take(['a=4; Max-Age=60']);
  expect(jar.withCookies({})).toEqual({ Cookie: 'a=4; b=2' });
  expect(jar.withCookies({ cookie: 'own=5' })).toEqual({ cookie: 'own=5; a=4; b=2' });
  jar.take(['a=gone; Max-Age=0']);
  expect(jar.withCookies({})).toEqual({ Cookie: 'b=2' });
});

test('what is for TLS only is kept for that', () => {
  const [plain, encrypted] = [new CookieJar(false), new CookieJar(true)];
  for (const jar of [plain, encrypted]) jar.take(['a=1; Secure']);
  expect(plain.withCookies({})).toEqual({});
  expect(encrypted.withCookies({})).toEqual({ Cookie: 'a=1' });
});
