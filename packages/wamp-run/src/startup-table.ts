import type { ComponentStatus } from '@wamp-run/runtime';

/** What is where, for the person who started it: the router's addresses, and each component with what it offers. */
export function startupTable(
  urls: readonly string[],
  components: readonly Pick<ComponentStatus, 'name' | 'realm' | 'state' | 'procedures' | 'topics' | 'error'>[],
  healthUrl?: string,
): string {
  const rows: [string, string][] = urls.map((url, index) => [index === 0 ? 'router' : '', url]);
  if (healthUrl !== undefined) rows.push(['health', healthUrl]);
  for (const { name, realm, state, procedures, topics, error } of components) {
    rows.push([name, error === undefined ? `${state} in ${realm}` : `${state}: ${error.message}`]);
    rows.push(...list('procedures', procedures), ...list('topics', topics));
  }
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}

function list(what: string, uris: readonly string[]): [string, string][] {
  return uris.map((uri, index) => [index === 0 ? `  ${what}` : '', uri]);
}
