import { Logger } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { SessionLog } from '../src/session-log.js';

/** Notes every line with the fields of all its loggers. */
class Notes extends Logger {
  constructor(
    readonly lines: object[],
    readonly fields: object = {},
  ) {
    super();
  }
  #note(level: string, fields: object | string, text?: string): void {
    const own = typeof fields === 'string' ? { text: fields } : { ...fields, text };
    this.lines.push({ level, ...this.fields, ...own });
  }
  trace(fields: object | string, text?: string): void {
    this.#note('trace', fields, text);
  }
  debug(fields: object | string, text?: string): void {
    this.#note('debug', fields, text);
  }
  info(fields: object | string, text?: string): void {
    this.#note('info', fields, text);
  }
  warn(fields: object | string, text?: string): void {
    this.#note('warn', fields, text);
  }
  error(fields: object | string, text?: string): void {
    this.#note('error', fields, text);
  }
  child(fields: object): Logger {
    return new Notes(this.lines, { ...this.fields, ...fields });
  }
}

test('lines have the session that there is now, those of children made before it, too', () => {
  const lines: object[] = [];
  const log = new SessionLog(new Notes(lines, { component: 'A' }));
  const child = log.child({ part: 1 });
  log.info('before');
  log.setSession(7);
  log.warn({ x: 1 }, 'during');
  child.error('during');
  log.setSession(8);
  child.child({ deep: 2 }).debug({ y: 2 }, 'again');
  log.setSession(undefined);
  child.trace('after');
  expect(lines).toEqual([
    { level: 'info', component: 'A', text: 'before' },
    { level: 'warn', component: 'A', session: 7, x: 1, text: 'during' },
    { level: 'error', component: 'A', part: 1, session: 7, text: 'during' },
    { level: 'debug', component: 'A', part: 1, deep: 2, session: 8, y: 2, text: 'again' },
    { level: 'trace', component: 'A', part: 1, text: 'after' },
  ]);
});

test('a child that names a session stays with it', () => {
  const lines: object[] = [];
  const log = new SessionLog(new Notes(lines, { component: 'A' }));
  log.setSession(7);
  const call = log.child({ session: 7 }).child({ request: 1 });
  log.setSession(8);
  call.info('late');
  expect(lines).toEqual([{ level: 'info', component: 'A', session: 7, request: 1, text: 'late' }]);
});
