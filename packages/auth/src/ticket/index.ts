/**
 * Logins by a ticket: a password, a token, a code.
 *
 * @packageDocumentation
 */
export type { Found, Principal, Principals } from '../principals.js';
export type { Secret } from '../secret.js';
export { type TicketOptions, ticket } from './ticket.js';
export { type TicketPrincipal, type TicketVerifierOptions, ticketVerifier } from './ticket-verifier.js';
