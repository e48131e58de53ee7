import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../packages/wamp-run/bin/wamp-run.js', import.meta.url));

/** The router of `wamp-run`, in a process of its own, which can be killed. */
export class RouterProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(port = 0): Promise<RouterProcess> {
    const child = spawn(process.execPath, [BIN, 'router', '--port', String(port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    for await (const text of child.stderr.setEncoding('utf8')) {
      said += text;
      const [url] = /ws:\/\/\S+/.exec(said) ?? [];
      if (url === undefined) continue;
      return new RouterProcess(child, url);
    }
    throw new Error(`the router ended: ${said}`);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Without a word to anybody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
