import type { Row } from './row.js';

/** Every row of the table by its name. Loaded when it is measured: what one row needs must not keep another from running. */
export const ROWS: Readonly<Record<string, () => Promise<Row>>> = {
  calls: async () => (await import('./calls.js')).calls,
  json: async () => (await import('./serializers.js')).jsonCalls,
  msgpack: async () => (await import('./serializers.js')).msgpackCalls,
  bytes: async () => (await import('./bytes.js')).bytes,
  nested: async () => (await import('./nested.js')).nested,
  events: async () => (await import('./events.js')).events,
  local: async () => (await import('./local.js')).local,
  idle: async () => (await import('./idle.js')).idle,
  registrations: async () => (await import('./registrations.js')).registrations,
  wires: async () => (await import('./wires.js')).wires,
  start: async () => (await import('./start.js')).start,
  checks: async () => (await import('./checks.js')).checks,
};
