import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { signalsOf } from '../src/process-signals.js';

/** What comes of an event: the signals that ask to end, and `reload`. */
function heard(platform: NodeJS.Platform, event: string, ...values: unknown[]): string[] {
  const process = new EventEmitter();
  const said: string[] = [];
  const { onSignal, onReload } = signalsOf(process, platform);
  const ends = [onSignal((signal) => said.push(signal)), onReload(() => said.push('reload'))];
  process.emit(event, ...values);
  for (const end of ends) end();
  process.emit(event, ...values);
  expect(process.eventNames()).toEqual([]);
  return said;
}

describe('what is heard of a process, once each, and no longer than it is listened to', () => {
  test.each<[NodeJS.Platform, string, unknown[], string[]]>([
    ['linux', 'SIGINT', ['SIGINT'], ['SIGINT']],
    ['linux', 'SIGTERM', ['SIGTERM'], ['SIGTERM']],
    ['linux', 'SIGHUP', ['SIGHUP'], ['reload']],
    ['linux', 'SIGBREAK', ['SIGBREAK'], []],
    ['linux', 'message', ['shutdown'], ['SIGTERM']],
    ['linux', 'message', ['reload'], ['reload']],
    ['linux', 'message', [{ type: 'shutdown' }], []],
    ['win32', 'SIGINT', ['SIGINT'], ['SIGINT']],
    ['win32', 'SIGTERM', ['SIGTERM'], ['SIGTERM']],
    ['win32', 'SIGBREAK', ['SIGBREAK'], ['SIGTERM']],
    // The console is closed: whoever does not end is ended.
    ['win32', 'SIGHUP', ['SIGHUP'], ['SIGTERM']],
    ['win32', 'message', ['shutdown'], ['SIGTERM']],
    ['win32', 'message', ['reload'], ['reload']],
  ])('%s: %s %j: %j', (platform, event, values, said) => {
    expect(heard(platform, event, ...values)).toEqual(said);
  });
});
