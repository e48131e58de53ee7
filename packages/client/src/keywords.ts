/**
 * Keyword arguments among the arguments of a typed call: where a contract is a type alone, nothing else tells them from
 * an object that is an argument.
 *
 * @example
 * interface Shop {
 *   search(text: string, options?: Keywords<{ limit?: number }>): Hit[];
 * }
 * await session.remote<Shop>('com.shop').search('tea', new Keywords({ limit: 3 }));
 */
export class Keywords<T extends object = object> {
  readonly values: T;

  constructor(values: T) {
    this.values = values;
  }
}
