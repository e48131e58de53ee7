// A service of Moleculer's that adds, and a caller in the same process.
import { createRequire } from 'node:module';
import type { Load } from '../call-load.js';
import { serve } from '../child.js';
import { type LocalReport, localLoad } from '../local-load.js';
import { workOf } from '../work.js';

interface Broker {
  createService(schema: object): void;
  start(): Promise<void>;
  call(action: string, params: object): Promise<number>;
}

const { ServiceBroker } = createRequire(import.meta.url)('moleculer') as {
  ServiceBroker: new (options: object) => Broker;
};
const work = workOf('sum');
const broker = new ServiceBroker({ logger: false });
broker.createService({
  name: 'adder',
  actions: {
    add: {
      params: { a: 'number', b: 'number' },
      handler: ({ params: { a, b } }: { params: { a: number; b: number } }) => a + b,
    },
  },
});
await broker.start();

async function call(n: number): Promise<void> {
  const [a, b] = work.args(n);
  const answer = await broker.call('adder.add', { a, b });
  if (!work.isRight(n, answer)) throw new Error(`a wrong answer to call ${n}`);
}

serve('', (load: Load): Promise<LocalReport> => localLoad(load, call));
