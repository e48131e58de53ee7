import { connection } from './connection.js';
import { greeter, onGreeted } from './greetings.js';

// `?url=` and `?realm=` name another router; VITE_WAMP_URL does, when the page is built.
const query = new URLSearchParams(location.search);
const url = query.get('url') ?? import.meta.env.VITE_WAMP_URL ?? `ws://${location.hostname}:8080/ws`;
const client = connection(url, query.get('realm') ?? 'realm1');
const { hello, countdown } = greeter(client.session);

const answer = element('answer');
const name = element('name') as HTMLInputElement;

element('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  show(hello(name.value).then((text) => [text]));
});

element('count').addEventListener('click', () => show(countdown(3)));

await Promise.all([tellState(), listen()]);

/** Puts each text in the place of the one before. */
async function show(texts: Promise<string[]> | AsyncIterable<number>): Promise<void> {
  try {
    for await (const text of await texts) answer.textContent = String(text);
  } catch (error) {
    answer.textContent = error instanceof Error ? error.message : String(error);
  }
}

async function tellState(): Promise<void> {
  for await (const { state, error } of client.status()) {
    element('state').textContent = error === undefined ? state : `${state}: ${error.message}`;
  }
}

async function listen(): Promise<void> {
  await onGreeted(await client.joined(), (whom, count) => {
    element('greeted').append(Object.assign(document.createElement('li'), { textContent: `${count}: ${whom}` }));
  });
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
