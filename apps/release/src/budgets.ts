/**
 * How large the tarball of each package may be (KiB): a third above what it is, or so. Who needs more says so here, where a
 * reviewer sees it.
 */
export const BUDGETS: Readonly<Record<string, number>> = {
  '@wamp-run/auth': 130,
  '@wamp-run/client': 270,
  '@wamp-run/component': 135,
  '@wamp-run/e2ee': 40,
  '@wamp-run/protocol': 160,
  '@wamp-run/router': 270,
  '@wamp-run/runtime': 90,
  '@wamp-run/serializers': 140,
  '@wamp-run/testkit': 80,
  '@wamp-run/transport': 225,
  'create-wamp-service': 80,
  'wamp-run': 260,
};
