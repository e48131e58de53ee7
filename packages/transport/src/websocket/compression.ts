import { checkOptionNames, InvalidConfiguration } from '@wamp-run/protocol';
import type { PerMessageDeflateOptions } from 'ws';
import { atLeast } from '../settings.js';

/** How messages are compressed (permessage-deflate, RFC 7692), where the other side agrees to it. */
export interface CompressionOptions {
  /** Messages of at least so many bytes are compressed, smaller ones sent as they are. Default: 1 024. */
  readonly threshold?: number;
  /** From 1, which is fast, to 9, which makes the least bytes. Default: 6. */
  readonly level?: number;
  /**
   * Whether a message is compressed against the ones before it, which makes many alike much smaller. Default: false:
   * each stands for itself.
   */
  readonly contextTakeover?: boolean;
}

/** The same with the defaults in place, as ws takes them. */
export interface Compression {
  readonly threshold: number;
  readonly deflate: PerMessageDeflateOptions;
}

/** What ws holds the inflated size in: a limit beyond it would be none. */
const LARGEST_LIMIT = 2 ** 31 - 1;

/** Throws an InvalidConfiguration that names the option. Undefined where nothing is to be compressed. */
export function compressionSettings(
  options: boolean | CompressionOptions,
  maxMessageSize: number,
  of: string,
): Compression | undefined {
  if (options === false) return undefined;
  const given = options === true ? {} : options;
  checkOptionNames(given, { threshold: true, level: true, contextTakeover: true }, `${of}: compression`);
  const { threshold = 1024, level = 6, contextTakeover = false } = given;
  atLeast(0, threshold, `${of}: compression.threshold`, 'bytes');
  if (!Number.isInteger(level) || level < 1 || level > 9) {
    throw new InvalidConfiguration(`${of}: compression.level: expected 1 to 9, got ${String(level)}`);
  }
  if (typeof contextTakeover !== 'boolean') {
    throw new InvalidConfiguration(`${of}: compression.contextTakeover: expected true or false`);
  }
  if (maxMessageSize > LARGEST_LIMIT) {
    throw new InvalidConfiguration(
      `${of}: maxMessageSize: with compression it is at most ${LARGEST_LIMIT}, got ${maxMessageSize}`,
    );
  }
  const alone = contextTakeover ? {} : { serverNoContextTakeover: true, clientNoContextTakeover: true };
  return { threshold, deflate: { ...alone, threshold, zlibDeflateOptions: { level } } };
}
