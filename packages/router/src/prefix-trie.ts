/** A stretch of text that some prefixes share, and what follows it. */
interface Branch<T> {
  text: string;
  /** What belongs to the prefix that ends here. */
  value: T | undefined;
  /** By the code of their first character. */
  children: Map<number, Branch<T>> | undefined;
}

/**
 * Values by prefixes, which match character by character. Branches hold as much text as their prefixes share, so a
 * lookup takes one step for each place where prefixes part, however many prefixes there are, and allocates nothing.
 */
export class PrefixTrie<T> {
  readonly #root: Branch<T> = { text: '', value: undefined, children: undefined };

  /** The value of exactly this prefix. */
  get(prefix: string): T | undefined {
    let branch = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const child = branch.children?.get(prefix.charCodeAt(at));
      if (child === undefined || !prefix.startsWith(child.text, at)) return undefined;
      branch = child;
      at += child.text.length;
    }
    return branch.value;
  }

  /** The value of the longest prefix that a text begins with. */
  longest(text: string): T | undefined {
    let branch = this.#root;
    let best = branch.value;
    let at = 0;
    for (;;) {
      const child = branch.children?.get(text.charCodeAt(at));
      if (child === undefined || !text.startsWith(child.text, at)) return best;
      if (child.value !== undefined) best = child.value;
      at += child.text.length;
      branch = child;
    }
  }

  /** Visits the values of all prefixes that a text begins with, from short to long. */
  visit(text: string, visit: (value: T) => void): void {
    let branch: Branch<T> | undefined = this.#root;
    let at = 0;
    while (branch !== undefined && text.startsWith(branch.text, at)) {
      at += branch.text.length;
      if (branch.value !== undefined) visit(branch.value);
      branch = branch.children?.get(text.charCodeAt(at));
    }
  }

  set(prefix: string, value: T): void {
    let branch = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const code = prefix.charCodeAt(at);
      const child = branch.children?.get(code);
      if (child === undefined) {
        branch.children ??= new Map();
        branch.children.set(code, { text: prefix.slice(at), value, children: undefined });
        return;
      }
      const shared = sharedLength(child.text, prefix, at);
      branch = shared === child.text.length ? child : this.#split(branch, child, shared);
      at += shared;
    }
    branch.value = value;
  }

  delete(prefix: string): void {
    let above: Branch<T> | undefined;
    let parent: Branch<T> | undefined;
    let branch = this.#root;
    for (let at = 0; at < prefix.length; ) {
      const child = branch.children?.get(prefix.charCodeAt(at));
      if (child === undefined || !prefix.startsWith(child.text, at)) return;
      above = parent;
      parent = branch;
      branch = child;
      at += child.text.length;
    }
    branch.value = undefined;
    if (parent === undefined) return;
    if (branch.children !== undefined) {
      join(branch);
      return;
    }
    parent.children?.delete(branch.text.charCodeAt(0));
    if (parent.children?.size === 0) parent.children = undefined;
    if (above !== undefined) join(parent);
  }

  /** Cuts a child in two, and gives back the upper part. */
  #split(branch: Branch<T>, child: Branch<T>, length: number): Branch<T> {
    const children = new Map([[child.text.charCodeAt(length), child]]);
    const upper = { text: child.text.slice(0, length), value: undefined, children };
    child.text = child.text.slice(length);
    branch.children?.set(upper.text.charCodeAt(0), upper);
    return upper;
  }
}

/** A branch that no prefix ends in and nothing parts at becomes one with what follows it. */
function join<T>(branch: Branch<T>): void {
  if (branch.value !== undefined || branch.children?.size !== 1) return;
  for (const child of branch.children.values()) {
    branch.text += child.text;
    branch.value = child.value;
    branch.children = child.children;
  }
}

function sharedLength(text: string, prefix: string, at: number): number {
  const most = Math.min(text.length, prefix.length - at);
  let length = 0;
  while (length < most && text.charCodeAt(length) === prefix.charCodeAt(at + length)) length++;
  return length;
}
