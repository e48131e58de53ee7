import type { Serializer } from '@wamp-run/protocol';

/** The Content-Type of a body of this serializer: nobody decides by it, but what reads along on the way may. */
export function contentTypeOf({ binary }: Serializer): string {
  return binary ? 'application/octet-stream' : 'application/json';
}
