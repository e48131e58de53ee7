/** A fenced block of a page, with what the comment before it says of it. */
export interface CodeBlock {
  /** The page, relative to the root. */
  readonly page: string;
  /** The line of its first line of text, counted from 1. */
  readonly line: number;
  /** What follows the fence, in lower case: `ts`, `sh`, `yaml` …, or nothing. */
  readonly language: string;
  readonly lines: readonly string[];
  readonly directive: Directive | undefined;
}

/**
 * What a comment right before a block says of it:
 *
 * - `<!-- prelude … -->`: lines that are compiled with the block and not shown. A line `// the block` among them says where it
 *   goes; without one it goes behind them.
 * - `<!-- continues -->`: it is compiled behind the block before it in the same language.
 * - `<!-- of NAME -->`: it is another project's, or of a file that is no configuration of this one; it is parsed, and no more.
 *
 * `<!-- file src/orders.ts … -->` stands anywhere and is a block that is not shown: what others of the page import. A block that
 * begins with `// src/orders.ts` is that file, too.
 */
export type Directive =
  | { readonly kind: 'prelude'; readonly lines: readonly string[]; readonly line: number }
  | { readonly kind: 'continues' }
  | { readonly kind: 'of'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

/** Something that is wrong with a page. */
export interface Finding {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

/** A finding as one line, such as `docs/limits.md:12: …`. */
export function told({ page, line, text }: Finding): string {
  return `${page}:${line}: ${text}`;
}

const FILE = /^<!-- file (\S+\.ts)$/;
const FENCE = /^( *)(`{3,})(.*)$/;
const COMMENT = /^<!-- *(prelude|continues|of)\b[ \t]*(.*?)-->$/s;

/**
 * The fenced blocks of a page, in their order. Blocks may be indented, as in lists.
 *
 * @param page - its path, for messages
 * @param text - its Markdown
 */
export function codeBlocks(page: string, text: string): CodeBlock[] {
  const lines = text.split('\n');
  const found: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, path] = FILE.exec(lines[at] as string) ?? [];
    if (path !== undefined) {
      const end = lines.indexOf('-->', at);
      const last = end === -1 ? lines.length : end;
      const directive = { kind: 'file', path } as const;
      found.push({ page, line: at + 2, language: 'ts', lines: lines.slice(at + 1, last), directive });
      at = last;
      continue;
    }
    const [, indent = '', fence = '', info = ''] = FENCE.exec(lines[at] as string) ?? [];
    if (fence === '') continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    const last = end === -1 ? lines.length : end;
    found.push({
      page,
      line: at + 2,
      language: info.trim().split(/\s/)[0]?.toLowerCase() ?? '',
      lines: lines.slice(at + 1, last).map((line) => line.slice(Math.min(indent.length, line.search(/\S|$/)))),
      directive: directiveBefore(lines, at),
    });
    at = last;
  }
  return found;
}

/** The comment that ends right above a line, blank lines between them left out. */
function directiveBefore(lines: readonly string[], fence: number): Directive | undefined {
  let end = fence - 1;
  while (end >= 0 && lines[end]?.trim() === '') end--;
  if (end < 0 || !lines[end]?.trimEnd().endsWith('-->')) return undefined;
  let begin = end;
  while (begin >= 0 && !lines[begin]?.trimStart().startsWith('<!--')) begin--;
  const comment = lines
    .slice(begin, end + 1)
    .join('\n')
    .trim();
  const [, kind, rest = ''] = COMMENT.exec(comment) ?? [];
  switch (kind) {
    case 'prelude':
      return { kind, lines: rest.replace(/^\n/, '').trimEnd().split('\n'), line: begin + 2 };
    case 'of':
      return { kind, name: rest.trim() };
    case 'continues':
      return { kind };
    default:
      return undefined;
  }
}
