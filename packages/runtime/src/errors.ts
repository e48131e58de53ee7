import { WampError } from '@wamp-run/protocol';

/** There is no such file, or no component in it. */
export class NoSuchComponent extends WampError {
  static override readonly family: string = 'NoSuchComponent';
  readonly code = 'WAMP_NO_SUCH_COMPONENT';
}

/** A component's file cannot be imported, or its class cannot be described or built. */
export class BrokenComponent extends WampError {
  static override readonly family: string = 'BrokenComponent';
  readonly code = 'WAMP_BROKEN_COMPONENT';
}

/** A component that was built has failed: its `onJoin` did, or it was not in service in time. */
export class ComponentFailed extends WampError {
  static override readonly family: string = 'ComponentFailed';
  readonly code = 'WAMP_COMPONENT_FAILED';
}
