import { type Dict, ProtocolError } from '@wamp-run/protocol';

const KEYS = ['ppt_scheme', 'ppt_serializer', 'ppt_cipher', 'ppt_keyid'];

/**
 * What a message says about a payload that only the two ends can read: passed on as it is. Undefined where it says
 * nothing. Throws a ProtocolError where the sender did not announce `payload_passthru_mode` (V10).
 *
 * @param place names the dict in texts: `CALL options`
 */
export function passthruOf(place: string, options: Dict, announced: boolean): Dict | undefined {
  let found: Dict | undefined;
  for (const key of KEYS) {
    const value = options[key];
    if (value === undefined || value === null) continue;
    if (!announced) throw new ProtocolError(`${place}.${key}: payload_passthru_mode is not announced by this session`);
    found ??= {};
    found[key] = value;
  }
  return found;
}

/** Whether a dict has any key: most options are empty, and need no closer look. */
export function saysAnything(options: Dict): boolean {
  for (const _ in options) return true;
  return false;
}
