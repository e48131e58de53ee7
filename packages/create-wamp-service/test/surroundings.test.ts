import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { survey } from '../src/surroundings.js';
import { emptyFolder, write } from './shell.js';

describe('a workspace above', () => {
  test.each([
    ['a list', 'packages:\n  - packages/*\n  - apps/*\n', true],
    ['a list at the margin, with comments', 'packages: # all\n# ours\n- "packages/*" # libraries\n', true],
    ['a list in brackets', "packages: ['apps/*', 'packages/*']\n", true],
    ['behind another key', 'updateNotifier: false\npackages:\n  - packages/**\n', true],
    ['what is below is not meant', 'packages:\n  - packages\n', false],
    ['left out again', 'packages:\n  - packages/*\n  - "!packages/orders"\n', false],
    ['another folder', 'packages:\n  - apps/*\nonlyBuiltDependencies:\n  - packages/*\n', false],
  ])('of pnpm, %s', (_, text, covers) => {
    const root = emptyFolder();
    write(root, { 'pnpm-workspace.yaml': text, 'package.json': '{ "name": "@acme/root" }' });
    expect(survey(join(root, 'packages', 'orders')).workspace).toEqual({ root, scope: '@acme', covers });
  });

  test.each([
    ['a list', ['packages/*'], true],
    ['an object', { packages: ['./packages/*/'] }, true],
    ['another folder', ['libs/*'], false],
    ['deeper than one star goes', ['*'], false],
  ])('of npm, %s', (_, workspaces, covers) => {
    const root = emptyFolder();
    write(root, { 'package.json': JSON.stringify({ name: 'root', workspaces }) });
    expect(survey(join(root, 'packages', 'orders')).workspace).toEqual({ root, scope: undefined, covers });
  });

  test('settings of pnpm alone, and a manifest that cannot be read, make none', () => {
    const root = emptyFolder();
    write(root, { 'pnpm-workspace.yaml': 'updateNotifier: false\n', 'package.json': '{ not json' });
    expect(survey(join(root, 'orders')).workspace).toBeUndefined();
  });
});

test('the nearest lockfile and the nearest packageManager count', () => {
  const root = emptyFolder();
  write(root, {
    'yarn.lock': '',
    'package.json': '{ "packageManager": "yarn@4.1.0" }',
    'a/pnpm-lock.yaml': '',
    'a/package.json': '{ "packageManager": "pnpm@10.34.9+sha512.0" }',
  });
  expect(survey(join(root, 'a', 'orders'))).toMatchObject({ packageManager: 'pnpm', lockfileOf: 'pnpm' });
  expect(survey(join(root, 'orders'))).toMatchObject({ packageManager: 'yarn', lockfileOf: 'yarn' });
});

test('a repository counts from anywhere in it, a worktree too', () => {
  const root = emptyFolder();
  expect(survey(join(root, 'a', 'b')).inRepository).toBe(false);
  write(root, { '.git': 'gitdir: /elsewhere' });
  expect(survey(join(root, 'a', 'b')).inRepository).toBe(true);
});
