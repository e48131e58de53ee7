interface ImportMetaEnv {
  /** The router's URL that is built into the page. */
  readonly VITE_WAMP_URL?: string;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}
