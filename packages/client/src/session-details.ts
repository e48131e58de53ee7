import { type Dict, type Id, PeerRoles, type TransportDetails, type Welcome } from '@wamp-run/protocol';

/** Who this session is, and whom it talks to: what WELCOME said. */
export interface SessionDetails {
  /** The realm, as the router names it. */
  readonly realm: string;
  /** The session id. */
  readonly session: Id;
  readonly authid: string | undefined;
  readonly authrole: string | undefined;
  readonly authmethod: string | undefined;
  readonly authprovider: string | undefined;
  readonly authextra: Dict | undefined;
  /** The name of the serializer; `none` where messages are handed over as they are. */
  readonly serializer: string;
  /** The router has taken up the session that `resumeSession` named. */
  readonly resumed: boolean;
  /** The session can be taken up after the connection is lost, with `resumeToken`. */
  readonly resumable: boolean;
  readonly resumeToken: string | undefined;
  /** The roles the router plays, with the features that it announced. */
  readonly router: PeerRoles;
  /** What the router calls itself. */
  readonly agent: string | undefined;
  /** The connection under this session. */
  readonly transport: TransportDetails;
}

/** The details of the session that this WELCOME opens. The message is checked: its known keys hold what they should. */
export function sessionDetails(welcome: Welcome, realm: string, transport: TransportDetails): SessionDetails {
  const { details } = welcome;
  const text = (key: string) => details[key] as string | undefined;
  return {
    realm: text('realm') ?? realm,
    session: welcome.session,
    authid: text('authid'),
    authrole: text('authrole'),
    authmethod: text('authmethod'),
    authprovider: text('authprovider'),
    authextra: details.authextra as Dict | undefined,
    serializer: transport.serializer,
    resumed: details.resumed === true,
    resumable: details.resumable === true,
    resumeToken: text('resume_token') ?? text('resume-ticket'),
    router: new PeerRoles(details.roles as Dict),
    agent: text('agent'),
    transport,
  };
}
