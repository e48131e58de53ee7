/** The 25 messages of the protocol, by the code that begins each on the wire. */
export const MessageType = {
  HELLO: 1,
  WELCOME: 2,
  ABORT: 3,
  CHALLENGE: 4,
  AUTHENTICATE: 5,
  GOODBYE: 6,
  ERROR: 8,
  PUBLISH: 16,
  PUBLISHED: 17,
  SUBSCRIBE: 32,
  SUBSCRIBED: 33,
  UNSUBSCRIBE: 34,
  UNSUBSCRIBED: 35,
  EVENT: 36,
  /** Not of the specification: Autobahn and its routers acknowledge events with it. */
  EVENT_RECEIVED: 337,
  CALL: 48,
  CANCEL: 49,
  RESULT: 50,
  REGISTER: 64,
  REGISTERED: 65,
  UNREGISTER: 66,
  UNREGISTERED: 67,
  INVOCATION: 68,
  INTERRUPT: 69,
  YIELD: 70,
} as const;

/** The name of a message, such as `CALL`. */
export type MessageName = keyof typeof MessageType;
/** The number by which a message begins on the wire, such as 48 for CALL. */
export type MessageCode = (typeof MessageType)[MessageName];

/** The requests that ERROR can answer. */
export const REQUEST_TYPES = [
  MessageType.PUBLISH,
  MessageType.SUBSCRIBE,
  MessageType.UNSUBSCRIBE,
  MessageType.CALL,
  MessageType.REGISTER,
  MessageType.UNREGISTER,
  MessageType.INVOCATION,
] as const;

/** The number of a message that ERROR may answer. */
export type RequestType = (typeof REQUEST_TYPES)[number];
