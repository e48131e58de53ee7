/**
 * How large the tarball of each package may be (KiB): some room above what it is. Who needs more says so here, where a
 * reviewer sees it.
 */
export const BUDGETS: Readonly<Record<string, number>> = {
  '@wamp-run/auth': 120,
  '@wamp-run/client': 260,
  '@wamp-run/component': 140,
  '@wamp-run/e2ee': 50,
  '@wamp-run/protocol': 170,
  '@wamp-run/router': 300,
  '@wamp-run/runtime': 90,
  '@wamp-run/serializers': 160,
  '@wamp-run/testkit': 90,
  '@wamp-run/transport': 230,
  'create-wamp-service': 90,
  'wamp-run': 200,
};
