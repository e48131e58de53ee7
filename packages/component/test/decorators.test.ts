import { component, describe as describeClass, register, subscribe } from '@wamp-run/component';
import { expect, test, vi } from 'vitest';
import { complaint } from './making.js';

// biome-ignore lint/suspicious/noExplicitAny: the point is to get round the types
const untyped = (decorator: unknown): any => decorator;

test.each([
  ['component', component(), 'class'],
  ['register', register(), 'method'],
  ['subscribe', subscribe(), 'method'],
])('@%s refuses the standard protocol of decorators at once', (name, decorator, kind) => {
  expect(complaint(() => untyped(decorator)(class {}, { kind, name: 'x', metadata: {} }))).toBe(
    `@${name} was called as a standard decorator; set "experimentalDecorators": true and "emitDecoratorMetadata": true in the tsconfig.json that covers the file`,
  );
});

test('decorators write down and never judge', () => {
  expect(() => {
    @component({ prefix: '..' })
    class Wrong {
      @register('a b') method(): void {}
    }
    return Wrong;
  }).not.toThrow();
});

test('a class decorated by another copy of this package is recognized', async () => {
  vi.resetModules();
  const other = await import('@wamp-run/component');
  expect(other.component).not.toBe(component);
  @other.component()
  class Service {}
  expect(complaint(() => describeClass(Service))).toBe(
    'class Service was decorated by another copy of @wamp-run/component; install one copy for the service and all that it imports',
  );
  expect(other.describe(Service).name).toBe('Service');
});

test('so is a base class of which only the methods were decorated by another copy', async () => {
  vi.resetModules();
  const other = await import('@wamp-run/component');
  class Base {
    @other.register() method(): void {}
  }
  @component()
  class Service extends Base {}
  expect(complaint(() => describeClass(Service))).toBe(
    'class Service, method(): was decorated by another copy of @wamp-run/component; install one copy for the service and all that it imports',
  );
});
