import type { RegisterOptions, SubscribeOptions } from './options.js';
import { registerOptions, subscribeOptions } from './request-options.js';
import { uriTarget } from './uri-target.js';

/**
 * Checks what is going to be registered before there is a session to do it: as `Session.register` does.
 *
 * @throws InvalidUriError, InvalidConfiguration that names the option
 */
export function checkRegistration(procedure: string, options: RegisterOptions = {}): void {
  registerOptions(options);
  uriTarget(procedure, 'procedure', options.match);
}

/**
 * Checks what is going to be subscribed to before there is a session to do it: as `Session.subscribe` does.
 *
 * @throws InvalidUriError, InvalidConfiguration that names the option
 */
export function checkSubscription(topic: string, options: SubscribeOptions = {}): void {
  subscribeOptions(options);
  uriTarget(topic, 'topic', options.match);
}
