import { describe, expect, test } from 'vitest';
import { InvalidUriError, uriPattern } from '../src/index.js';

describe('a pattern with named parts', () => {
  test.each([
    ['com.app.add', 'com.app.add', 'exact'],
    ['com.App.ä-1', 'com.App.ä-1', 'exact'],
    ['com.app.<id:int>.<name>', 'com.app..', 'wildcard'],
    ['com.<id>.get', 'com..get', 'wildcard'],
    ['com..get', 'com..get', 'wildcard'],
    ['<a:str>', '', 'wildcard'],
    ['com.app.<rest:suffix>', 'com.app.', 'prefix'],
  ])('%s is %j, %s on the wire', (text, uri, match) => {
    expect(uriPattern(text)).toMatchObject({ uri, match });
  });

  test.each([
    ['com.app.<id:int>.<name>', 'com.app.7.tea', { id: 7, name: 'tea' }],
    ['com.app.<id:int>.<name>', 'com.app.-12.x', { id: -12, name: 'x' }],
    ['com.app.<id:int>.<name>', 'com.app.0x1.x', undefined],
    ['com.app.<id:int>.<name>', 'com.app.9007199254740993.x', undefined],
    ['com.app.<id:int>.<name>', 'com.app.7', undefined],
    ['com.app.<id:int>.<name>', 'com.other.7.x', undefined],
    ['com..<n>', 'com.any.thing', { n: 'thing' }],
    ['com.app.<rest:suffix>', 'com.app.a.b.c', { rest: 'a.b.c' }],
    ['com.app.<rest:suffix>', 'com.app.', { rest: '' }],
    ['com.app', 'com.app', {}],
  ])('%s on %s', (text, uri, values) => {
    expect(uriPattern(text).values(uri)).toEqual(values);
  });

  test('a name of Object.prototype is a name', () => {
    const values = uriPattern('a.<__proto__>').values('a.b') ?? {};
    expect(Object.keys(values)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });

  test.each([
    ['com.on<name>', "'on<name>' is no part: write <name> or <name:type> for the whole of it"],
    ['com.<int:id>', "'id' is no type: there are string, int and suffix"],
    ['com.<id:float>', "'float' is no type"],
    ['com.<a>.<a:int>', "the name 'a' comes twice"],
    ['com.<a:suffix>.b', 'a suffix must be the last part'],
    ['com.<a>.b.<c:suffix>', 'a suffix cannot stand with other open parts'],
    ['com.a b', 'it contains white space'],
  ])('%s is refused', (text, why) => {
    expect(() => uriPattern(text)).toThrow(InvalidUriError);
    expect(() => uriPattern(text)).toThrow(why);
  });
});
