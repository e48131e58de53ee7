/**
 * First in, first out, at the same small cost however many wait: `Array.shift` moves every element of a long array.
 */
export class Line<T> {
  #items: (T | undefined)[] = [];
  /** How many at the front have been taken. */
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  /** The one whose turn is next. */
  get head(): T | undefined {
    return this.#items[this.#taken];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#taken === this.#items.length) return undefined;
    const item = this.#items[this.#taken];
    // What has been taken is not held on to, and its places go when they are half of all.
    this.#items[this.#taken++] = undefined;
    if (this.#taken === this.#items.length) this.clear();
    else if (this.#taken >= 1024 && this.#taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
