// `wamp-run --watch`: what is edited or built anew takes the place of what runs, in one process, without a lost call.
import { renameSync, rmSync } from 'node:fs';
import type { Session } from '@wamp-run/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Command, inService } from './command.js';
import { joined } from './local.js';
import { ServiceFolder } from './service-folder.js';

// Each test is a process of its own that loads files again and again, beside all other suites.
vi.setConfig({ testTimeout: 20_000 });

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folder(name: string): ServiceFolder {
  const made = new ServiceFolder(`watch-${name}`);
  ends.push(() => made.remove());
  return made;
}

async function watched(
  ...files: string[]
): Promise<{ command: Command; session: Session; told: (name: string) => Promise<unknown[]> }> {
  const { command, url } = await inService(files, ['--watch']);
  ends.push(() => command.kill());
  const client = await joined(url);
  ends.push(() => client.close());
  const { session } = client;
  // Of what `tell` of a service answers, what its two files hold.
  const told = async (name: string) => ((await session.call(`com.${name}.tell`)) as unknown[]).slice(0, 2);
  return { command, session, told };
}

/** Resolves when a file has been loaded again for the n-th time. */
const loadedAgain = (command: Command, n = 1) =>
  command.says(new RegExp(`(?:"msg":"loaded again, and in service"[^]*){${n}}`));

/** How often something was begun to be loaded again. */
const loads = (command: Command) => command.stderr.match(/"msg":"changed; loading it again"/g)?.length ?? 0;

/** A service that says what its file and a file that it imports hold, and counts what it is asked. */
const service = (name: string, text: string, { from = './price.js', more = '' } = {}): string => `
import { defineComponent } from '@wamp-run/component';
import { price } from '${from}';
${more}
let asked = 0;
export const ${name} = defineComponent({
  name: '${name}',
  prefix: 'com.${name.toLowerCase()}',
  offer: ({ procedure }) => [
    procedure('tell', {}, () => ['${text}', price, ++asked, process.pid]),
    procedure('slow', {}, async () => { await new Promise((resolve) => setTimeout(resolve, 50)); return '${text}'; }),
  ],
});
`;
const price = (value: unknown): string => `export const price = ${JSON.stringify(value)};\n`;

test('a new instance that hangs is given up for a reload of the configuration, and the old one serves on', async () => {
  const here = folder('hangs');
  here.write('price.js', price(1));
  const orders = here.write('orders.js', service('Orders', 'one'));
  const { command, told } = await watched(orders);
  const hanging = service('Orders', 'two').replace('offer:', 'onJoin: () => new Promise(() => {}),\n  offer:');
  here.write('orders.js', hanging);
  await command.says(/"msg":"changed; loading it again"/);
  command.signal('SIGHUP');
  await command.says(/given up[^\n]*what was loaded before goes on serving/);
  expect(await told('orders')).toEqual(['one', 1]);
});

test('an edited file takes the place of what runs: one process, and all others as they were', async () => {
  const here = folder('edited');
  here.write('dist/price.js', price(1));
  const orders = here.write('dist/orders.js', service('Orders', 'one'));
  here.write('other/price.js', price(7));
  const stock = here.write('other/stock.js', service('Stock', 'as it was'));
  const { command, session } = await watched(orders, stock);
  const [, , , pid] = (await session.call('com.orders.tell')) as unknown[];
  expect(await session.call('com.stock.tell')).toEqual(['as it was', 7, 1, pid]);

  here.write('dist/orders.js', service('Orders', 'two'));
  await loadedAgain(command);
  expect(await session.call('com.orders.tell')).toEqual(['two', 1, 1, pid]);
  // What is imported, too.
  here.write('dist/price.js', price(2));
  await loadedAgain(command, 2);
  expect(await session.call('com.orders.tell')).toEqual(['two', 2, 1, pid]);
  expect(await session.call('com.stock.tell')).toEqual(['as it was', 7, 2, pid]);

  command.signal('SIGTERM');
  expect(await command.exit).toBe(0);
});

test('no call is lost on the way, and what the old one is at work on it finishes', async () => {
  const here = folder('load');
  here.write('price.js', price(1));
  const orders = here.write('orders.js', service('Orders', 'one'));
  const { command, session } = await watched(orders);
  const answers: unknown[] = [];
  let asking = true;
  const asked = Array.from({ length: 10 }, async () => {
    while (asking) answers.push(await session.call('com.orders.slow'));
  });
  for (const [n, text] of ['two', 'three', 'four'].entries()) {
    here.write('orders.js', service('Orders', text));
    await loadedAgain(command, n + 1);
    expect(await session.call('com.orders.slow')).toBe(text);
  }
  asking = false;
  await Promise.all(asked);
  expect(new Set(answers)).toEqual(new Set(['one', 'two', 'three', 'four']));
});

test('TypeScript is watched as it is written', async () => {
  const here = folder('typescript');
  const source = (text: string) => `
    import { component, register } from '@wamp-run/component';
    import { price } from './price.js';
    @component({ prefix: 'com.orders' })
    export class Orders {
      @register('tell') tell(quantity: number): unknown { return ['${text}', quantity * price]; }
    }`;
  here.write('src/price.ts', 'export const price: number = 1;');
  const { command, session } = await watched(here.write('src/orders.ts', source('one')));
  expect(await session.call('com.orders.tell', [2])).toEqual(['one', 2]);
  here.write('src/price.ts', 'export const price: number = 5;');
  await loadedAgain(command);
  expect(await session.call('com.orders.tell', [2])).toEqual(['one', 10]);
  here.write('src/orders.ts', source('two'));
  await loadedAgain(command, 2);
  expect(await session.call('com.orders.tell', [2])).toEqual(['two', 10]);
  await expect(session.call('com.orders.tell', ['2'])).rejects.toThrow("'quantity' expected type=number");
});

describe('a broken build', () => {
  test('keeps the old ones serving, shows the error, and is mended by the next', async () => {
    const here = folder('broken');
    here.write('price.js', price(1));
    const orders = here.write('orders.js', service('Orders', 'one'));
    const { command, told } = await watched(orders);

    here.write('price.js', 'export const price = ;');
    await command.says(
      /orders\.js: cannot be loaded: Unexpected token ';' \(at .*price\.js:1: export const price = ;\); what was loaded/,
    );
    expect(await told('orders')).toEqual(['one', 1]);
    here.write('price.js', price(2));
    await loadedAgain(command);
    expect(await told('orders')).toEqual(['one', 2]);

    // A file that is not there yet.
    here.write('orders.js', service('Orders', 'two', { from: './late.js' }));
    await command.says(/orders\.js: cannot be loaded: Cannot find module .*late\.js/);
    expect(await told('orders')).toEqual(['one', 2]);
    here.write('late.js', price(3));
    await loadedAgain(command, 2);
    expect(await told('orders')).toEqual(['two', 3]);

    // One that throws when it is run, and a class that cannot be described.
    here.write('late.js', `${price(4)} throw new Error('no licence');`);
    await command.says(/orders\.js: cannot be loaded: no licence/);
    here.write('orders.js', service('Orders', 'three').replace("'tell', {}", "'t ll', {}"));
    await command.says(/orders\.js: .*t ll.* is not a URI/);
    expect(await told('orders')).toEqual(['two', 3]);
    here.write('orders.js', service('Orders', 'four'));
    await loadedAgain(command, 3);
    expect(await told('orders')).toEqual(['four', 2]);
  });

  test('of one service is no matter of another', async () => {
    const here = folder('one-of-two');
    here.write('a/price.js', price(1));
    here.write('b/price.js', price(1));
    const orders = here.write('a/orders.js', service('Orders', 'one'));
    const stock = here.write('b/stock.js', service('Stock', 'one'));
    const { command, told } = await watched(orders, stock);
    here.write('a/orders.js', 'export const = 1;');
    await command.says(/orders\.js: cannot be loaded: .*; what was loaded before goes on serving/);
    here.write('b/stock.js', service('Stock', 'two'));
    await loadedAgain(command);
    expect([await told('orders'), await told('stock')]).toEqual([
      ['one', 1],
      ['two', 1],
    ]);
  });

  test('in CommonJS, too, of which Node tells as if nobody had caught it', async () => {
    const here = folder('commonjs');
    here.write('deep/price.cjs', 'exports.price = 1;');
    here.write('price.cjs', "exports.price = require('./deep/price.cjs').price;");
    const orders = here.write('orders.js', service('Orders', 'one', { from: './price.cjs' }));
    const { command, told } = await watched(orders);
    expect(await told('orders')).toEqual(['one', 1]);
    here.write('deep/price.cjs', 'exports.price = ;');
    await command.says(/orders\.js: cannot be loaded: Unexpected token/);
    expect(await told('orders')).toEqual(['one', 1]);
    here.write('deep/price.cjs', 'exports.price = 2;');
    await loadedAgain(command);
    expect(await told('orders')).toEqual(['one', 2]);
  });

  test('a component that cannot be made leaves the old one in service', async () => {
    const here = folder('constructor');
    here.write('price.js', price(1));
    const orders = here.write('orders.js', service('Orders', 'one'));
    const { command, told } = await watched(orders);
    here.write(
      'orders.js',
      service('Orders', 'two').replace(
        "name: 'Orders'",
        "name: 'Orders', setup: () => { throw new Error('no database'); }",
      ),
    );
    await command.says(/Orders: .*no database.*; what was loaded before goes on serving/);
    expect(await told('orders')).toEqual(['one', 1]);
  });
});

test('components come and go with their file', async () => {
  const here = folder('several');
  here.write('price.js', price(1));
  const both = (first: string, second: string) =>
    `${service(first, 'a')}${service(second, 'b')
      .replaceAll(/^import .*$/gm, '')
      .replace('let asked = 0;', '')}`;
  const file = here.write('both.js', both('Orders', 'Stock'));
  const { command, session, told } = await watched(file);
  expect(await told('stock')).toEqual(['b', 1]);
  here.write('both.js', service('Orders', 'alone'));
  await loadedAgain(command);
  expect(await told('orders')).toEqual(['alone', 1]);
  await expect(session.call('com.stock.tell')).rejects.toThrow('no_such_procedure');
  here.write('both.js', both('Orders', 'Bills'));
  await loadedAgain(command, 2);
  // Started, which is not waited for: whoever calls may be early.
  await command.says(/"component":"Bills".*"msg":"in service"/);
  expect(await told('bills')).toEqual(['b', 1]);
  // Another name, and the only one: it takes over.
  here.write('both.js', service('Orders', 'alone').replaceAll('Orders', 'Purchases'));
  await loadedAgain(command, 3);
  expect(await told('orders')).toEqual(['alone', 1]);
});

describe('how files come to change', () => {
  test('an editor that writes beside and renames; a build that removes its folder; and what nobody imports', async () => {
    const here = folder('editors');
    here.write('dist/price.js', price(1));
    const orders = here.write('dist/orders.js', service('Orders', 'one'));
    here.write('dist/unrelated.js', '1');
    const { command, told } = await watched(orders);

    here.write('dist/unrelated.js', '2');
    renameSync(here.write('dist/price.js.tmp', price(2)), `${here.path}dist/price.js`);
    await loadedAgain(command);
    expect(await told('orders')).toEqual(['one', 2]);

    rmSync(`${here.path}dist`, { recursive: true });
    await command.says(/dist\/\w+\.js is gone; what was loaded goes on serving until it is back/);
    expect(await told('orders')).toEqual(['one', 2]);
    here.write('dist/price.js', price(3));
    here.write('dist/orders.js', service('Orders', 'two'));
    await loadedAgain(command, 2);
    expect(await told('orders')).toEqual(['two', 3]);

    // Written, and the same: nothing to do.
    here.write('dist/price.js', price(3));
    here.write('dist/unrelated.js', '3');
    here.write('dist/orders.js', service('Orders', 'three'));
    await loadedAgain(command, 3);
    expect(await told('orders')).toEqual(['three', 3]);
    expect(loads(command)).toBe(3);
  });

  test('what changed while it was being started is seen', async () => {
    const here = folder('early');
    here.write('price.js', price(1));
    // The file changes itself behind the moment at which it was read.
    const orders = here.write(
      'orders.js',
      service('Orders', 'one', {
        more: `import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('./price.js', import.meta.url), 'export const price = 2;');`,
      }),
    );
    const { command, told } = await watched(orders);
    await loadedAgain(command);
    expect(await told('orders')).toEqual(['one', 2]);
  });
});
