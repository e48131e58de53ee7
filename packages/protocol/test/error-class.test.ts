import { describe, expect, test } from 'vitest';
import {
  declaredErrorUri,
  declareErrorUri,
  type ErrorClass,
  InvalidConfiguration,
  InvalidUriError,
} from '../src/index.js';

describe('the URI of a class of errors', () => {
  test("is the class's own", () => {
    class Parent extends Error {}
    class Child extends Parent {}
    declareErrorUri(Parent, 'com.parent');
    expect(declaredErrorUri(Parent)).toBe('com.parent');
    expect(declaredErrorUri(Child)).toBeUndefined();
    declareErrorUri(Child, 'com.child');
    expect([Parent, Child].map(declaredErrorUri)).toEqual(['com.parent', 'com.child']);
    expect(Object.keys(Child)).toEqual([]);
  });

  test('is one', () => {
    class Locked extends Error {}
    declareErrorUri(Locked, 'com.a');
    declareErrorUri(Locked, 'com.a');
    expect(() => declareErrorUri(Locked, 'com.b')).toThrow(
      'error: class Locked has the URI com.a already; leave one of the two out',
    );
  });

  test('is a URI, and no pattern', () => {
    class Locked extends Error {}
    for (const uri of ['', 'a b', 'com..a', undefined]) {
      expect(() => declareErrorUri(Locked, uri as string), String(uri)).toThrow(InvalidUriError);
    }
    expect(() => declareErrorUri(Locked, 'com.<name>')).toThrow(InvalidConfiguration);
    expect(declaredErrorUri(Locked)).toBeUndefined();
  });

  test('stands on classes that extend Error', () => {
    for (const none of [class {}, Error, undefined, 'Error']) {
      expect(() => declareErrorUri(none as unknown as ErrorClass, 'com.a')).toThrow(InvalidConfiguration);
    }
  });
});
