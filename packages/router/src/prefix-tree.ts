import type { Visit } from './pattern-index.js';

interface Node<T> {
  /** The text that leads from the node above to this one. */
  label: string;
  value: T | undefined;
  /** By the first character of their labels, no two of which are the same. */
  readonly children: Map<string, Node<T>>;
}

/**
 * Things under prefixes. Prefixes match character by character, so this is a radix tree of characters: a URI is walked
 * once from its beginning.
 */
export class PrefixTree<T extends object> {
  readonly #root: Node<T> = { label: '', value: undefined, children: new Map() };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(prefix: string): T | undefined {
    return this.#path(prefix)?.at(-1)?.value;
  }

  set(prefix: string, value: T): void {
    let node = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const next = node.children.get(prefix.charAt(at));
      if (next === undefined) {
        node = adopt(node, { label: prefix.slice(at), value: undefined, children: new Map() });
        break;
      }
      const shared = sharedLength(next.label, prefix, at);
      node = shared < next.label.length ? split(node, next, shared) : next;
      at += shared;
    }
    if (node.value === undefined) this.#size++;
    node.value = value;
  }

  delete(prefix: string): void {
    const path = this.#path(prefix);
    const node = path?.at(-1);
    if (path === undefined || node?.value === undefined) return;
    node.value = undefined;
    this.#size--;
    const parent = path.at(-2);
    if (parent === undefined) return;
    if (node.children.size === 0) parent.children.delete(node.label.charAt(0));
    else merge(node);
    if (parent !== this.#root && parent.value === undefined) merge(parent);
  }

  /** Visits every prefix of this URI, from short to long. */
  visit(uri: string, visit: Visit<T>): void {
    let node: Node<T> | undefined = this.#root;
    let at = 0;
    for (;;) {
      if (node.value !== undefined) visit(node.value, 'prefix');
      node = node.children.get(uri.charAt(at));
      if (node === undefined || !uri.startsWith(node.label, at)) return;
      at += node.label.length;
    }
  }

  /** The nodes from the root to the one of this very prefix; undefined where there is none. */
  #path(prefix: string): Node<T>[] | undefined {
    const path = [this.#root];
    let node: Node<T> | undefined = this.#root;
    let at = 0;
    while (at < prefix.length) {
      node = node.children.get(prefix.charAt(at));
      if (node === undefined || !prefix.startsWith(node.label, at)) return undefined;
      at += node.label.length;
      path.push(node);
    }
    return path;
  }
}

function sharedLength(label: string, text: string, at: number): number {
  let length = 0;
  while (length < label.length && label.charCodeAt(length) === text.charCodeAt(at + length)) length++;
  return length;
}

function adopt<T>(parent: Node<T>, child: Node<T>): Node<T> {
  parent.children.set(child.label.charAt(0), child);
  return child;
}

/** Puts a node between two, `length` characters after the upper one. */
function split<T>(parent: Node<T>, child: Node<T>, length: number): Node<T> {
  const between = adopt(parent, { label: child.label.slice(0, length), value: undefined, children: new Map() });
  child.label = child.label.slice(length);
  adopt(between, child);
  return between;
}

/** A node that stands for nothing and has one child becomes that child. */
function merge<T>(node: Node<T>): void {
  if (node.children.size !== 1) return;
  for (const only of node.children.values()) {
    node.label += only.label;
    node.value = only.value;
    node.children.clear();
    for (const child of only.children.values()) adopt(node, child);
  }
}
