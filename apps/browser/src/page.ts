// A page that joins a realm: it calls and publishes what its form says, has a procedure of its own, and listens to a topic.
// `?url=ws://…` names the router, `?serializer=` one of json, cbor and msgpack. `#secret=` encrypts what is below
// com.example.sealed from end to end: behind the `#`, it is sent to nobody.
import { Client, type Session } from '@wamp-run/client';
import { Key, KeyRing, passthruCodec } from '@wamp-run/e2ee';
import type { Clock, PayloadCodec } from '@wamp-run/protocol';
import { cbor, cborValues } from '@wamp-run/serializers/cbor';
import { json } from '@wamp-run/serializers/json';
import { msgpack } from '@wamp-run/serializers/msgpack';
import { websocket } from '@wamp-run/transport/websocket';

const SERIALIZERS = { json, cbor, msgpack };

const query = new URLSearchParams(location.search);
const url = query.get('url') ?? `ws://${location.hostname}:8080/ws`;
const serializer = SERIALIZERS[(query.get('serializer') ?? 'cbor') as keyof typeof SERIALIZERS]();

const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

const client = new Client({
  connectors: [websocket(url, { serializers: [serializer], clock })],
  realm: 'realm1',
  retry: { initialRetryDelay: 100, maxRetryDelay: 500 },
  clock,
  random,
  codec: codecOf(new URLSearchParams(location.hash.slice(1)).get('secret')),
  hooks: {
    onJoin: (_session, { transport }) => tell(`joined by ${transport.protocol}`),
    onDisconnect: () => tell('disconnected'),
  },
});
const { session } = client;

element('router').textContent = url;
element('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const { submitter } = event as SubmitEvent;
  const act = submitter instanceof HTMLButtonElement ? submitter.value : 'call';
  ask(act).catch((error: unknown) => line(`error ${String(error)}`));
});

// For the console of the browser.
Object.assign(globalThis, { session } satisfies { session: Session });

await client.joined();
await session.register('com.example.page.reverse', ([text]) => [...String(text)].reverse().join(''));
await session.subscribe('com.example.page.said', ([text]) => line(`event ${JSON.stringify(text)}`));
line('ready');

function codecOf(secret: string | null): PayloadCodec | undefined {
  if (secret === null) return undefined;
  const ring = new KeyRing();
  ring.set({ uri: 'com.example.sealed', key: new Key(secret) });
  return passthruCodec({ ring, random, serializer: cborValues() });
}

async function ask(act: string): Promise<void> {
  const uri = input('uri').value;
  const args = JSON.parse(input('args').value || '[]') as unknown[];
  if (act === 'publish') {
    await session.publish(uri, args, { acknowledge: true });
    line(`published ${uri}`);
    return;
  }
  const onProgress = ({ results }: { results: readonly unknown[] }) => line(`progress ${JSON.stringify(results)}`);
  line(`result ${JSON.stringify(await session.call(uri, args, { onProgress }))}`);
}

function tell(state: string): void {
  element('state').textContent = state;
  line(state);
}

function line(text: string): void {
  element('lines').append(Object.assign(document.createElement('li'), { textContent: text }));
}

function input(id: string): HTMLInputElement {
  return element(id) as HTMLInputElement;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
