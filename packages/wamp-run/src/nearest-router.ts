import { InvalidConfiguration } from '@wamp-run/protocol';
import { near } from './near.js';
import type { Settings } from './settings.js';

/**
 * The router that is meant where no URL says which: the one that `wamp-run` brings with the same settings.
 *
 * @throws InvalidConfiguration where nobody can know its port
 */
export function nearestRouter({ host, port, listen }: Pick<Settings, 'host' | 'port' | 'listen'>): string {
  const [first] = listen;
  const url = first === undefined ? `ws://${near(host)}:${port}/ws` : withNearHost(first);
  if (!/^[a-z]+:\/\/[^/]*:0(\/|$)/i.test(url)) return url;
  throw new InvalidConfiguration('url: the router takes any port that is free; name it with --url');
}

function withNearHost(url: string): string {
  return url.replace(/^([a-z]+:\/\/)(0\.0\.0\.0|\[::\])(?=[:/]|$)/i, (_, scheme: string, host: string) => {
    return `${scheme}${near(host.replace(/^\[|\]$/g, ''))}`;
  });
}
