/**
 * What a key is for. `required`: nothing under its URIs goes or comes in the clear. `optional`: what goes out is encrypted,
 * and what comes may be in the clear.
 */
export type KeyPolicy = 'required' | 'optional';

/** The keys of a session, as those see them who are not to have them: what is encrypted, and with which key. */
export interface PayloadKeys {
  /** What holds for a URI; undefined where no key is for it, and everything goes in the clear. */
  policyFor(uri: string): KeyPolicy | undefined;
  /** The name of the key that calls and events under a URI go out with; undefined where they go in the clear. */
  keyIdFor(uri: string): string | undefined;
}
