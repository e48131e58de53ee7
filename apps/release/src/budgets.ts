/**
 * How large the tarball of each package may be (KiB): a third above what it is, or so. Who needs more says so here, where a
 * reviewer sees it.
 */
export const BUDGETS: Readonly<Record<string, number>> = {
  '@wamp-run/auth': 150,
  '@wamp-run/client': 340,
  '@wamp-run/component': 180,
  '@wamp-run/e2ee': 60,
  '@wamp-run/protocol': 200,
  '@wamp-run/router': 340,
  '@wamp-run/runtime': 120,
  '@wamp-run/serializers': 180,
  '@wamp-run/testkit': 110,
  '@wamp-run/transport': 260,
  'create-wamp-service': 110,
  'wamp-run': 250,
};
