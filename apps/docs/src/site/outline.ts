/** A heading of the site's sidebar, with the pages below it. */
export interface Chapter {
  readonly text: string;
  /** Pages of the repository, in the order of reading. */
  readonly pages: readonly string[];
  /** Whether it is closed until somebody opens it. */
  readonly collapsed?: boolean;
}

/** What the site's sidebar shows; decisions and the reference are added from what there is. */
export const OUTLINE: readonly Chapter[] = [
  { text: 'Begin', pages: ['README.md', 'docs/getting-started.md', 'docs/architecture.md'] },
  {
    text: 'Guide',
    pages: [
      'docs/guide/components.md',
      'docs/guide/sessions.md',
      'docs/types-at-run-time.md',
      'docs/guide/configuration.md',
      'docs/testing.md',
      'docs/guide/deployment.md',
      'docs/guide/security.md',
      'docs/guide/end-to-end-encryption.md',
      'docs/guide/operating.md',
      'docs/guide/scaling-out.md',
    ],
  },
  {
    text: 'Coming from',
    pages: ['docs/from-autobahn-python.md', 'docs/from-autobahn-js.md', 'docs/from-nestjs.md'],
  },
  {
    text: 'Look up',
    pages: [
      'docs/command-line.md',
      'docs/errors.md',
      'docs/limits.md',
      'docs/lifecycles.md',
      'docs/performance.md',
      'docs/dependencies.md',
    ],
  },
  { text: 'Take part', pages: ['CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md'], collapsed: true },
];
