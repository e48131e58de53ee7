// `wamp-run ./src/service.ts`: TypeScript as it is written, by the real command.
import type { Session } from '@wamp-run/client';
import { afterEach, describe, expect, test } from 'vitest';
import { type Command, finished, inService } from './command.js';
import { joined } from './local.js';
import { COMPILER_OPTIONS, ServiceFolder } from './service-folder.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folder(name: string, compilerOptions?: object): ServiceFolder {
  const made = new ServiceFolder(name, compilerOptions);
  ends.push(() => made.remove());
  return made;
}

/** A service in service, and a session to call it by. */
async function serving(args: readonly string[]): Promise<{ command: Command; session: Session }> {
  const { command, url } = await inService([], args);
  ends.push(() => command.kill());
  const client = await joined(url);
  ends.push(() => client.close());
  return { command, session: client.session };
}

const PRICES = `
export class Prices {
  readonly #cents: number = 250;
  of(quantity: number): number { return this.#cents * quantity; }
}
`;
const SERVICE = `
import { component, ComponentConfig, injectable, register, type Dict } from '@wamp-run/component';
import { Prices } from './prices.js';

enum Size { Small = 1, Large }

@injectable()
class Till {
  constructor(readonly prices: Prices) {}
}

@component({ prefix: 'com.shop' })
export class Shop {
  constructor(private readonly config: ComponentConfig, private readonly till: Till) {}

  @register('price') price(quantity: number, size: Size = Size.Small): unknown {
    return [this.till.prices.of(quantity) * size, this.config.realm];
  }

  @register('note') note(text: string | null): Dict { return { text }; }
}

@component({ prefix: 'com.other' })
export class Other {
  @register('where') where(): string { return import.meta.url; }
}
`;

test('is run with its metadata: what is injected, and what is checked', async () => {
  const service = folder('typescript');
  service.write(
    'src/prices.ts',
    `import { injectable } from '@wamp-run/component';\n${PRICES.replace('export', '@injectable() export')}`,
  );
  const { session } = await serving([service.write('src/service.ts', SERVICE)]);
  expect(await session.call('com.shop.price', [2])).toEqual([500, 'realm1']);
  expect(await session.call('com.shop.price', [2, 2])).toEqual([1000, 'realm1']);
  await expect(session.call('com.shop.price', ['2', 'large'])).rejects.toThrow(
    "'quantity' expected type=number got=string, 'size' expected type=number got=string",
  );
  expect(await session.call('com.other.where')).toMatch(/^file:.*service\.ts$/);
  // Nullability is not written down under "strict" alone: null passes, and nothing else that is no string.
  expect(await session.call('com.shop.note', [null])).toEqual({ text: null });
  await expect(session.call('com.shop.note', [5])).rejects.toThrow("'text' expected type=string got=number");
});

test('with "strictNullChecks" null passes where it is declared, and nowhere else', async () => {
  const service = folder('typescript-nulls', { ...COMPILER_OPTIONS, strictNullChecks: true });
  service.write(
    'prices.ts',
    `import { injectable } from '@wamp-run/component';\n${PRICES.replace('export', '@injectable() export')}`,
  );
  const { session } = await serving([service.write('service.ts', SERVICE)]);
  expect(await session.call('com.shop.note', [null])).toEqual({ text: null });
  await expect(session.call('com.shop.price', [null])).rejects.toThrow("'quantity' expected type=number got=null");
});

test('one of its components, from a file of configuration', async () => {
  const service = folder('typescript-entry');
  service.write(
    'prices.ts',
    `import { injectable } from '@wamp-run/component';\n${PRICES.replace('export', '@injectable() export')}`,
  );
  service.write('service.ts', SERVICE);
  const config = service.write(
    'wamp-run.config.json',
    JSON.stringify({ components: [{ path: './service.ts', export: 'Other', name: 'Second' }] }),
  );
  const { command, session } = await serving(['--config', config]);
  expect(await session.call('com.other.where')).toMatch(/service\.ts$/);
  await expect(session.call('com.shop.price', [2])).rejects.toThrow('no_such_procedure');
  expect(command.stderr).toMatch(/^Second +running/m);
});

describe('what is wrong is said', () => {
  const { experimentalDecorators: _one, ...noDecorators } = COMPILER_OPTIONS;
  const { emitDecoratorMetadata: _two, ...noMetadata } = COMPILER_OPTIONS;

  test.each<[string, object, RegExp]>([
    ['decorators', noDecorators, /service\.ts: cannot be loaded: .*"experimentalDecorators": true/],
    ['metadata', noMetadata, /service\.ts: .*\n.*set "experimentalDecorators" and "emitDecoratorMetadata"/],
  ])('no %s in its tsconfig: 78', async (name, options, expected) => {
    const service = folder(`typescript-no-${name}`, options);
    service.write('prices.ts', PRICES);
    const command = await finished([service.write('service.ts', SERVICE), '--port', '0']);
    expect(command.stderr.replaceAll(/ - /g, '\n- ')).toMatch(expected);
    expect(command.code).toBe(78);
  });

  test('what needs no metadata is run without any', async () => {
    const service = folder('typescript-defined', {});
    const text = `
      import { defineComponent } from '@wamp-run/component';
      export const Math = defineComponent({
        name: 'Math',
        offer: ({ procedure }) => [procedure('com.math.add', { args: ['number', 'number'] }, (a: number, b: number) => a + b)],
      });`;
    const { session } = await serving([service.write('service.ts', text)]);
    expect(await session.call('com.math.add', [1, 2])).toBe(3);
  });

  test('a file that does not compile: 78', async () => {
    const service = folder('typescript-broken');
    const command = await finished([service.write('service.ts', 'export const = 5;'), '--port', '0']);
    expect(command.stderr).toMatch(/^wamp-run: .*service\.ts: cannot be loaded: .*service\.ts/m);
    expect(command.code).toBe(78);
  });

  test('a file without a component: 2', async () => {
    const service = folder('typescript-none');
    const command = await finished([service.write('service.ts', 'export const five: number = 5;'), '--port', '0']);
    expect(command.stderr).toMatch(/no component in it/);
    expect(command.code).toBe(2);
  });
});
