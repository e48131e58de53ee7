/** What the exit code of `create-wamp-service` says. A contract: docs/command-line.md lists them. */
export const EXIT = {
  /** The project is there, or what was asked for was printed. */
  done: 0,
  /** Something broke on the way: writing, or installing. Nothing was left behind, unless with `--keep`. */
  failed: 1,
  /** What was asked for cannot be: a flag, a template, a package's name, a folder that is taken. Nothing was touched. */
  usage: 2,
  /** Ended by SIGINT, or at a question. Nothing was left behind, unless with `--keep`. */
  cancelled: 130,
  /** Ended by SIGTERM. Nothing was left behind, unless with `--keep`. */
  terminated: 143,
} as const;
