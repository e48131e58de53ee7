import type { EventEmitter } from 'node:events';
import type { EndSignal } from './world.js';

/** What is listened to of a process: signals, and the messages of who started it with a channel (pm2, `fork`). */
export interface Signals {
  onSignal(listener: (signal: EndSignal) => void): () => void;
  onReload(listener: () => void): () => void;
}

type Event = readonly [name: string, text?: string];

/** What asks a process to end, by the platform that it runs on. */
function endings(platform: NodeJS.Platform): readonly (readonly [EndSignal, Event])[] {
  const everywhere = [
    ['SIGINT', ['SIGINT']],
    ['SIGTERM', ['SIGTERM']],
    ['SIGTERM', ['message', 'shutdown']],
  ] as const;
  if (platform !== 'win32') return everywhere;
  // Nobody sends SIGTERM there. Ctrl-Break is SIGBREAK; the console's end is SIGHUP, and the process has some seconds left.
  return [...everywhere, ['SIGTERM', ['SIGBREAK']], ['SIGTERM', ['SIGHUP']]];
}

/** What asks it to read its configuration again. */
function reloads(platform: NodeJS.Platform): readonly Event[] {
  return platform === 'win32' ? [['message', 'reload']] : [['SIGHUP'], ['message', 'reload']];
}

/** The signals of a process, under the names that they have everywhere. */
export function signalsOf(process: EventEmitter, platform: NodeJS.Platform): Signals {
  return {
    onSignal: (listener) =>
      together(endings(platform).map(([signal, on]) => listen(process, on, () => listener(signal)))),
    onReload: (listener) => together(reloads(platform).map((on) => listen(process, on, listener))),
  };
}

/** Listens to an event; of messages, to those that are this text. */
function listen(process: EventEmitter, [name, text]: Event, listener: () => void): () => void {
  const on = (value: unknown): void => {
    if (text === undefined || value === text) listener();
  };
  process.on(name, on);
  return () => process.off(name, on);
}

function together(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end();
  };
}
