import { InvalidConfiguration } from '@wamp-run/protocol';

/** Everything that is wrong with a configuration, each with its place and its remedy. */
export class ConfigurationMistakes extends InvalidConfiguration {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('; '));
    this.mistakes = mistakes;
  }
}
