import type { Visit } from './pattern-index.js';

interface Node<T> {
  value: T | undefined;
  /** By the next part of the pattern; `''` is the one for any part. */
  readonly children: Map<string, Node<T>>;
}

/**
 * Things under wildcard patterns: a tree of URI parts for each number of parts, since a wildcard stands for exactly one.
 * A URI is walked from its first part, at each part along the same part and along any part.
 */
export class WildcardTree<T extends object> {
  readonly #roots = new Map<number, Node<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(pattern: string): T | undefined {
    const parts = pattern.split('.');
    let node = this.#roots.get(parts.length);
    for (const part of parts) node = node?.children.get(part);
    return node?.value;
  }

  set(pattern: string, value: T): void {
    const parts = pattern.split('.');
    let node = childOf(this.#roots, parts.length);
    for (const part of parts) node = childOf(node.children, part);
    if (node.value === undefined) this.#size++;
    node.value = value;
  }

  delete(pattern: string): void {
    const parts = pattern.split('.');
    const root = this.#roots.get(parts.length);
    if (root === undefined || !this.#remove(root, parts, 0)) return;
    this.#size--;
    if (root.children.size === 0) this.#roots.delete(parts.length);
  }

  /** Visits every pattern that a URI meets. */
  visit(uri: string, visit: Visit<T>): void {
    const parts = uri.split('.');
    const root = this.#roots.get(parts.length);
    if (root !== undefined) walk(root, parts, 0, visit);
  }

  /** Also removes the nodes that lead to nothing else. Returns whether there was such a pattern. */
  #remove(node: Node<T>, parts: readonly string[], depth: number): boolean {
    if (depth === parts.length) {
      const found = node.value !== undefined;
      node.value = undefined;
      return found;
    }
    const part = parts[depth] as string;
    const child = node.children.get(part);
    if (child === undefined || !this.#remove(child, parts, depth + 1)) return false;
    if (child.value === undefined && child.children.size === 0) node.children.delete(part);
    return true;
  }
}

function childOf<K, T>(children: Map<K, Node<T>>, key: K): Node<T> {
  let child = children.get(key);
  if (child === undefined) {
    child = { value: undefined, children: new Map() };
    children.set(key, child);
  }
  return child;
}

function walk<T>(node: Node<T>, parts: readonly string[], depth: number, visit: Visit<T>): void {
  if (depth === parts.length) {
    if (node.value !== undefined) visit(node.value, 'wildcard');
    return;
  }
  const same = node.children.get(parts[depth] as string);
  if (same !== undefined) walk(same, parts, depth + 1, visit);
  const any = node.children.get('');
  if (any !== undefined && any !== same) walk(any, parts, depth + 1, visit);
}
