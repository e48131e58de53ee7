import { spawn } from 'node:child_process';
import { platform } from 'node:os';

export interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Record<string, string | undefined>;
  /** Ends the program; it is waited for. */
  readonly signal: AbortSignal;
  /** Hears what it prints, as it prints it. */
  readonly onOutput?: (text: string) => void;
}

export interface Ran {
  /** The exit code; undefined where it could not be run, or was ended by a signal. */
  readonly code: number | undefined;
  /** The last of what it printed, on both streams. */
  readonly output: string;
}

/** As much as is kept of what a program prints (characters). */
const KEPT = 16_384;
/** A program that was asked to end is ended by force after this time (ms). */
const PATIENCE = 5_000;

/** Runs a program to its end, without a terminal: it has nobody to ask. Never rejects. */
export function runProgram({ command, args, directory, env, signal, onOutput }: Run): Promise<Ran> {
  return new Promise((resolve) => {
    let output = '';
    const hear = (text: string) => {
      output = (output + text).slice(-KEPT);
      onOutput?.(text);
    };
    // On Windows npm and pnpm are scripts, which only a shell can start; all arguments are ours.
    const shell = platform() === 'win32';
    const child = spawn(command, args, { cwd: directory, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    let force: NodeJS.Timeout | undefined;
    const end = () => {
      child.kill('SIGTERM');
      force = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    };
    const done = (code: number | undefined) => {
      signal.removeEventListener('abort', end);
      clearTimeout(force);
      resolve({ code, output });
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    child.on('error', (error) => {
      hear(error.message);
      done(undefined);
    });
    child.on('close', (code) => done(code ?? undefined));
  });
}
