// The other end: keeps so many calls in flight for so long, checks every answer, and reports rate and latency.
import { callMessage, decoded, type Message, MessageType, RequestIds } from '@wamp-run/protocol';
import { serve } from './child.js';
import { connect, type Middle, PROCEDURE } from './ends.js';

export interface Load {
  readonly inFlight: number;
  readonly seconds: number;
}

export interface CallerReport {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const [middle, url] = process.argv.slice(2) as [Middle, string];
const ids = new RequestIds();
/** When each call in flight was sent, and what its answer must be. */
const pending = new Map<number, { sent: number; expected: number }>();
let answered: (message: Message) => void = () => {};
const transport = await connect(middle, url, (message) => answered(message));

function send(): void {
  const request = ids.next();
  const [a, b] = [request % 1000, 7];
  pending.set(request, { sent: performance.now(), expected: a + b });
  transport.send(callMessage(request, {}, PROCEDURE, { args: [a, b], kwargs: {} }));
}

function run({ inFlight, seconds }: Load): Promise<CallerReport> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = [];
    const began = performance.now();
    const until = began + seconds * 1000;
    answered = (message) => {
      const now = performance.now();
      const call = message.type === MessageType.RESULT ? pending.get(message.request) : undefined;
      if (
        call === undefined ||
        message.type !== MessageType.RESULT ||
        decoded(message.payload).args[0] !== call.expected
      ) {
        reject(new Error(`a wrong answer: message ${message.type}`));
        return;
      }
      pending.delete(message.request);
      latencies.push(now - call.sent);
      if (now < until) send();
      else if (pending.size === 0) resolve(report(latencies, now - began));
    };
    for (let i = 0; i < inFlight; i++) send();
  });
}

function report(latencies: number[], ms: number): CallerReport {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { perSecond: (latencies.length / ms) * 1000, p50: at(0.5), p99: at(0.99) };
}

serve(url, (load: never) => run(load));
