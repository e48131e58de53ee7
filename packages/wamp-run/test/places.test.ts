// What is wrong with a value is told by where it was given: the flag, the variable, or the file with its key; by each command.
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SETTINGS } from '../src/settings.js';
import { CommandFolder, type Given } from './command-folder.js';

const PROBE = fileURLToPath(new URL('./fixtures/probe.mjs', import.meta.url));

let folder: CommandFolder;
beforeEach(() => {
  folder = new CommandFolder();
});
afterEach(() => folder.leave());

const COMMANDS = [
  ['run', [PROBE]],
  ['call', ['call', 'com.probe.seen']],
] as const;

const ROUTER = { url: 'ws://127.0.0.1:1/ws' };
const LOGIN = { ...ROUTER, auth: 'cryptosign' };

/** A value that is wrong, what goes with it, and what is told of it. */
const WRONG = [
  ['keyring', 'nowhere.keys', ROUTER, /: cannot read .*nowhere\.keys: no such file/],
  ['secretFile', 'nowhere.key', LOGIN, /: cannot read .*nowhere\.key: no such file/],
  ['secretFile', 'nowhere.pub', LOGIN, /: .*nowhere\.pub is a public key, and there is no ssh-agent/],
  ['secret', 'hush-hush', LOGIN, /: .*expected 64 hexadecimal digits/],
  ['url', 'ftp://x', {}, /: "ftp:\/\/x" is not a router's URL/],
  ['realm', 'a b', ROUTER, /: .*a b/],
] as const;

const cases = COMMANDS.flatMap(([command, argv]) =>
  WRONG.flatMap(([name, value, file, told]) => {
    const { env = '', key = '' } = SETTINGS[name];
    const flag = `--${name === 'secretFile' ? 'secret-file' : name}`;
    return [
      [command, argv, { file, args: [flag, value] }, flag, told],
      [command, argv, { file, env: { [env]: value } }, env, told],
      [command, argv, { file: { ...file, [key]: value } }, `wamp-run\\.config\\.json:1:\\d+: ${key}`, told],
    ] as [string, readonly string[], Given, string, RegExp][];
  }),
);

test.each(cases)('%s %j %j: %s', async (_, argv, given, place, told) => {
  const { code, stderr } = await folder.ended(argv, given);
  expect(code).toBe(2);
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.includes('others on this machine'));
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^wamp-run: ${place}${told.source}`))]);
});
