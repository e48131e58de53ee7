/**
 * A history of events in an SQLite file, for what must outlast the process. Needs the package `libsql`, which is
 * installed along wherever it has a build.
 *
 * @packageDocumentation
 */
import {
  type Dict,
  eventMessage,
  type Id,
  InvalidConfiguration,
  MessageType,
  matches,
  ProtocolError,
  type Serializer,
} from '@wamp-run/protocol';
import Database from 'libsql';
import type { EventRange, EventStore, HistoryEvent } from './event-store.js';

/** Where a history is kept, and how. */
export interface SqliteEventStoreOptions {
  /** The file. It is made where it is not there; its folder is not. `:memory:` for none. */
  readonly path: string;
  /**
   * What payloads are written with, e.g. `cbor()`. What comes in with the same is written as it is, without being decoded.
   * A file is read with the serializer that it was written with.
   */
  readonly serializer: Serializer;
  /** Events of all topics together: beyond that, the oldest go. Default 1 000 000. */
  readonly events?: number;
}

/**
 * A history in an SQLite file. An event is on its way to the disk when `append` returns: the process may crash after that,
 * the machine may not. One process at a time has the file.
 *
 * @throws InvalidConfiguration where the file cannot be opened, is no such history, or was written with another serializer
 * @example
 * import { sqliteEventStore } from '@wamp-run/router/sqlite-history';
 * const store = sqliteEventStore({ path: 'orders.sqlite', serializer: cbor() });
 * new Router({ realms: [{ name: 'shop', history: { topics: [{ uri: 'com.shop.orders' }], store } }], … });
 * // When the router is closed:
 * store.close();
 */
export function sqliteEventStore({ path, serializer, events = 1_000_000 }: SqliteEventStoreOptions): EventStore {
  if (!Number.isSafeInteger(events) || events < 1) {
    throw new InvalidConfiguration(`sqliteEventStore: events: expected a whole number of at least 1, got ${events}`);
  }
  return new SqliteEventStore(open(path, serializer), serializer, events);
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS history (serializer TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    realm TEXT NOT NULL,
    topic TEXT NOT NULL,
    of_topic INTEGER NOT NULL,
    time INTEGER NOT NULL,
    receivers TEXT,
    event BLOB NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS events_of_topic ON events (realm, topic, of_topic);
`;

function open(path: string, serializer: Serializer): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    database.exec(SCHEMA);
    const row = database.prepare('SELECT serializer FROM history').get() as { serializer: string } | undefined;
    if (row === undefined) database.prepare('INSERT INTO history VALUES (?)').run(serializer.name);
    else if (row.serializer !== serializer.name) {
      throw new Error(`it was written with ${row.serializer}, and cannot be read with ${serializer.name}`);
    }
    return database;
  } catch (cause) {
    database?.close();
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidConfiguration(`sqliteEventStore: path: ${JSON.stringify(path)}: ${text}`, { cause });
  }
}

interface Row {
  readonly topic: string;
  readonly time: number;
  readonly receivers: string | null;
  readonly event: Uint8Array;
}

class SqliteEventStore implements EventStore {
  readonly #database: Database.Database;
  readonly #serializer: Serializer;
  readonly #append: (event: HistoryEvent, keep: number) => void;
  #closed = false;

  constructor(database: Database.Database, serializer: Serializer, most: number) {
    this.#database = database;
    this.#serializer = serializer;
    const last = database.prepare(
      'SELECT of_topic AS last FROM events WHERE realm = ? AND topic = ? ORDER BY of_topic DESC LIMIT 1',
    );
    const insert = database.prepare(
      'INSERT INTO events (realm, topic, of_topic, time, receivers, event) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const trimTopic = database.prepare('DELETE FROM events WHERE realm = ? AND topic = ? AND of_topic <= ?');
    const trim = database.prepare('DELETE FROM events WHERE number <= ?');
    this.#append = database.transaction((event: HistoryEvent, keep: number) => {
      const { realm, topic, time, receivers } = event;
      const number = ((last.get(realm, topic) as { last: number } | undefined)?.last ?? 0) + 1;
      const lists = receivers === undefined ? null : JSON.stringify(receivers);
      const { lastInsertRowid } = insert.run(realm, topic, number, time, lists, this.#encode(event));
      if (number > keep) trimTopic.run(realm, topic, number - keep);
      if (Number(lastInsertRowid) > most) trim.run(Number(lastInsertRowid) - most);
    });
  }

  append(event: HistoryEvent, keep: number): void {
    this.#append(event, keep);
  }

  *events({ realm, topic, match, reverse, from, until }: EventRange): Iterable<HistoryEvent> {
    const exact = match === 'exact';
    const query = `
      SELECT topic, time, receivers, event FROM events
      WHERE realm = ? AND time >= ? AND time <= ? ${exact ? 'AND topic = ?' : ''}
      ORDER BY number ${reverse ? 'DESC' : 'ASC'}`;
    const values = [realm, from ?? Number.MIN_SAFE_INTEGER, until ?? Number.MAX_SAFE_INTEGER];
    const rows = this.#database.prepare(query).iterate(...values, ...(exact ? [topic] : []));
    for (const row of rows as Iterable<Row>) {
      if (exact || matches(row.topic, topic, match)) yield this.#decode(realm, row);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  // An event is written as the message that it was, so that its payload need not be looked into. It has no subscription;
  // any id will do.
  #encode({ publication, details, payload }: HistoryEvent): Uint8Array {
    return this.#serializer.encode(eventMessage(1, publication, details, payload));
  }

  #decode(realm: string, { topic, time, receivers, event }: Row): HistoryEvent {
    const message = this.#serializer.decode(event);
    if (message.type !== MessageType.EVENT) throw new ProtocolError('the history holds what is no event');
    const { publication, details, payload }: { publication: Id; details: Dict; payload: HistoryEvent['payload'] } =
      message;
    const lists = receivers === null ? undefined : (JSON.parse(receivers) as Dict);
    return { realm, topic, publication, time, details, receivers: lists, payload };
  }
}
