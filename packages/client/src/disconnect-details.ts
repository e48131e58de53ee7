/** How a connection ended. */
export interface DisconnectDetails {
  /** Both ends agreed to close. */
  readonly wasClean: boolean;
}
