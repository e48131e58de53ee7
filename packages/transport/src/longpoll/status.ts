/** The HTTP status codes that mean something here beyond being good or bad. */
export const Status = {
  /** What was sent has been taken, as the specification has it. */
  accepted: 202,
  /** There is nothing at present; ask again. Or, as Crossbar.io answers: what was sent has been taken. */
  noContent: 204,
  badRequest: 400,
  forbidden: 403,
  /** There is no transport of this id. */
  notFound: 404,
  methodNotAllowed: 405,
  requestTimeout: 408,
  /** There is a request for messages already. */
  conflict: 409,
  /** The transport was closed, as agreed. */
  gone: 410,
  contentTooLarge: 413,
  tooManyRequests: 429,
  internalError: 500,
  unavailable: 503,
} as const;

/** Whether a request was granted: implementations differ in which of these they answer. */
export function isDone(status: number): boolean {
  return status >= 200 && status < 300;
}
