// Which changes are told, and when: with folders of the test's own making, and with real ones where the system has its say.
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileWatcher } from '../src/modules/file-watcher.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'file-watcher-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const QUIET = 100;

/** A watcher whose folders tell what the test says. */
function scripted() {
  const clock = new FakeClock();
  const folders = new Map<string, (name: string | null) => void>();
  const refused: string[] = [];
  let told = 0;
  let opened = 0;
  let full = false;
  const watcher = new FileWatcher({
    clock,
    quiet: QUIET,
    changed: () => told++,
    refused: (folder, { message }) => refused.push(`${folder}: ${message}`),
    watchFolder: (folder, happened) => {
      if (full) throw new Error('ENOSPC');
      folders.set(folder, happened);
      opened++;
      return { close: () => folders.delete(folder) };
    },
  });
  return {
    clock,
    watcher,
    refused,
    folders: () => [...folders.keys()].sort(),
    happens: (folder: string, name: string | null) => folders.get(folder)?.(name),
    told: () => told,
    opened: () => opened,
    fill: (is: boolean) => {
      full = is;
    },
  };
}

describe('what is told', () => {
  test('a burst is told once, when it is over', () => {
    const { clock, watcher, happens, told } = scripted();
    watcher.watch([join(root, 'a.js'), join(root, 'b.js')]);
    for (let i = 0; i < 50; i++) {
      happens(root, i % 2 === 0 ? 'a.js' : 'b.js');
      clock.advance(QUIET - 1);
    }
    expect(told()).toBe(0);
    clock.advance(1);
    expect(told()).toBe(1);
    clock.advance(10 * QUIET);
    expect(told()).toBe(1);
    happens(root, 'a.js');
    clock.advance(QUIET);
    expect(told()).toBe(2);
  });

  test('files that nobody imports are none of its business', () => {
    const { clock, watcher, happens, told } = scripted();
    mkdirSync(join(root, 'deep'));
    watcher.watch([join(root, 'a.js'), join(root, 'deep/b.js')]);
    for (const name of ['c.js', 'a.js~', '.a.js.swp', 'A.js', 'dee']) happens(root, name);
    happens(join(root, 'deep'), 'a.js');
    expect(clock.pending).toBe(0);
    // The system does not always know what it was.
    happens(root, null);
    clock.advance(QUIET);
    expect(told()).toBe(1);
  });

  test('nothing behind close', () => {
    const { clock, watcher, happens, told, folders } = scripted();
    watcher.watch([join(root, 'a.js')]);
    happens(root, 'a.js');
    watcher.close();
    watcher.watch([join(root, 'b.js')]);
    clock.advance(QUIET);
    expect([told(), clock.pending, folders()]).toEqual([0, 0, []]);
  });
});

describe('which folders are watched', () => {
  test('those of the files, and no others any longer when the files are others', () => {
    const { watcher, folders } = scripted();
    mkdirSync(join(root, 'one'));
    mkdirSync(join(root, 'two'));
    watcher.watch([join(root, 'one/a.js'), join(root, 'one/b.js'), join(root, 'two/c.js')]);
    expect(folders()).toEqual([join(root, 'one'), join(root, 'two')]);
    watcher.watch([join(root, 'two/c.js'), join(root, 'd.js')]);
    expect(folders()).toEqual([root, join(root, 'two')]);
  });

  test('where a folder is missing what is left of the way, until it is back', () => {
    const { clock, watcher, folders, happens, told } = scripted();
    const dist = join(root, 'dist');
    watcher.watch([join(dist, 'deep/a.js')]);
    expect(folders()).toEqual([root]);
    mkdirSync(dist);
    happens(root, 'dist');
    clock.advance(QUIET);
    expect([told(), folders()]).toEqual([1, [dist]]);
    mkdirSync(join(dist, 'deep'));
    happens(dist, 'deep');
    clock.advance(QUIET);
    expect([told(), folders()]).toEqual([2, [join(dist, 'deep')]]);
  });

  test('one that is removed and made again is another one', () => {
    const { clock, watcher, happens, opened } = scripted();
    const dist = join(root, 'dist');
    mkdirSync(dist);
    watcher.watch([join(dist, 'a.js')]);
    const before = watcher.folders;
    expect(opened()).toBe(1);
    rmSync(dist, { recursive: true });
    mkdirSync(dist);
    // What a watched folder tells of its own end.
    happens(dist, 'dist');
    clock.advance(QUIET);
    expect(watcher.folders).toEqual(before);
    expect(opened()).toBe(2);
    happens(dist, 'a.js');
    expect(clock.pending).toBe(1);
  });

  test('one that the system does not let be watched is told of, and asked for again', () => {
    const { clock, watcher, refused, folders, happens, fill } = scripted();
    mkdirSync(join(root, 'one'));
    watcher.watch([join(root, 'a.js')]);
    fill(true);
    watcher.watch([join(root, 'a.js'), join(root, 'one/b.js')]);
    expect(refused).toEqual([`${join(root, 'one')}: ENOSPC`]);
    fill(false);
    happens(root, 'a.js');
    clock.advance(QUIET);
    expect(folders()).toEqual([root, join(root, 'one')]);
  });
});

describe('with real folders', () => {
  /** A watcher that says when it has seen something, by beginning to wait. */
  function real() {
    const clock = new FakeClock();
    let seen = () => {};
    let told = 0;
    const watcher = new FileWatcher({
      clock: {
        now: () => clock.now(),
        after: (ms, run) => {
          seen();
          return clock.after(ms, run);
        },
      },
      quiet: QUIET,
      changed: () => told++,
      refused: (folder, error) => {
        throw new Error(folder, { cause: error });
      },
    });
    const sees = (change: () => void): Promise<void> => {
      const seeing = new Promise<void>((resolve) => {
        seen = resolve;
      });
      change();
      return seeing;
    };
    return { clock, watcher, sees, told: () => told };
  }

  test.each<[string, (file: string) => void]>([
    ['written to', (file) => writeFileSync(file, 'two')],
    [
      'written beside and renamed, as editors do',
      (file) => {
        writeFileSync(`${file}.tmp`, 'two');
        renameSync(`${file}.tmp`, file);
      },
    ],
    [
      'moved away and written anew, as editors do that keep a backup',
      (file) => {
        renameSync(file, `${file}~`);
        writeFileSync(file, 'two');
      },
    ],
    ['removed', (file) => rmSync(file)],
  ])('a file is seen that is %s, and again the next time', async (_how, change) => {
    const file = join(root, 'a.js');
    writeFileSync(file, 'one');
    const { clock, watcher, sees, told } = real();
    watcher.watch([file]);
    await sees(() => change(file));
    clock.advance(QUIET);
    expect(told()).toBeGreaterThan(0);
    await sees(() => writeFileSync(file, 'three'));
    watcher.close();
  });

  test('a folder that a build removes and makes again is seen, and what is written there then', async () => {
    const dist = join(root, 'dist');
    const file = join(dist, 'a.js');
    mkdirSync(dist);
    writeFileSync(file, 'one');
    const { clock, watcher, sees } = real();
    watcher.watch([file]);
    await sees(() => rmSync(dist, { recursive: true }));
    clock.advance(QUIET);
    await sees(() => mkdirSync(dist));
    clock.advance(QUIET);
    await sees(() => writeFileSync(file, 'two'));
    watcher.close();
  });
});
