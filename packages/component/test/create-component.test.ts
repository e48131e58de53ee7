import type { CloseDetails, Session, SessionDetails } from '@wamp-run/component';
import { component, describe as describeClass, register, subscribe, type TransportDetails } from '@wamp-run/component';
import { PeerRoles } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { made } from './making.js';

const TRANSPORT: TransportDetails = {
  wire: 'memory',
  peer: 'memory',
  serializer: 'none',
  protocol: 'memory',
  secure: false,
};
const DETAILS: SessionDetails = {
  realm: 'realm1',
  session: 1,
  authid: undefined,
  authrole: undefined,
  authmethod: undefined,
  authprovider: undefined,
  authextra: undefined,
  serializer: 'none',
  resumed: false,
  resumable: false,
  resumeToken: undefined,
  router: new PeerRoles({}),
  agent: undefined,
  transport: TRANSPORT,
};
const CLOSE: CloseDetails = { reason: 'wamp.close.normal', message: undefined };

test('hooks are called on the instance, with what they are for', async () => {
  const heard: unknown[] = [];
  @component()
  class Hooked {
    readonly name = 'hooked';
    onConnect(transport: TransportDetails): void {
      heard.push([this.name, transport]);
    }
    async onJoin(details: SessionDetails): Promise<string> {
      heard.push([this.name, details]);
      return this.name;
    }
    onLeave(details: CloseDetails): void {
      heard.push([this.name, details]);
    }
    onDisconnect(): void {
      heard.push([this.name]);
    }
    onUserError(error: unknown, what: string): void {
      heard.push([this.name, error, what]);
    }
  }
  const { onConnect, onJoin, onLeave, onDisconnect, onUserError, description } = made(Hooked);
  onConnect?.(TRANSPORT);
  expect(await onJoin?.(DETAILS)).toBe('hooked');
  onLeave?.(CLOSE);
  onDisconnect?.({ wasClean: true });
  onUserError?.('error', 'what');
  expect(heard).toEqual([
    ['hooked', TRANSPORT],
    ['hooked', DETAILS],
    ['hooked', CLOSE],
    ['hooked'],
    ['hooked', 'error', 'what'],
  ]);
  expect(description.hooks).toEqual(['onConnect', 'onJoin', 'onLeave', 'onDisconnect', 'onUserError']);
  expect(description).toEqual(describeClass(Hooked));
});

test('hooks that a class does not have are not there', () => {
  @component()
  class Quiet {}
  expect(Object.keys(made(Quiet)).sort()).toEqual(['description', 'dispose', 'procedures', 'topics']);
});

test('a hook may be a property of the instance', () => {
  @component()
  class Arrow {
    readonly name = 'arrow';
    readonly onDisconnect = (): string => this.name;
  }
  const instance = made(Arrow);
  expect(instance.description.hooks).toEqual([]);
  expect(instance.onDisconnect?.({ wasClean: true })).toBe('arrow');
});

test('handlers are what a session takes', () => {
  @component()
  class Offering {
    @register('com.example.add') add(a: number): number {
      return a;
    }
    @subscribe('com.example.tick') onTick(): void {}
  }
  const { procedures, topics } = made(Offering);
  const taken: Parameters<Session['register']>[] = procedures.map(({ uri, handler }) => [uri, handler]);
  const heard: Parameters<Session['subscribe']>[] = topics.map(({ topic, handler }) => [topic, handler]);
  expect(taken.map(([uri]) => uri)).toEqual(['com.example.add']);
  expect(heard.map(([topic]) => topic)).toEqual(['com.example.tick']);
});
