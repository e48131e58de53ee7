/** A link of a page: what it leads to, and where it stands. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;
const HTML_LINK = /\b(?:href|src)="([^"]+)"/g;

/**
 * Changes the links of a page's Markdown; code is left alone.
 *
 * @param text - the page
 * @param change - gives the link's new text, from its own, its label and its target
 */
export function withLinks(text: string, change: (link: string, label: string, target: string) => string): string {
  return outsideCode(text, (line) =>
    line.replace(LINK, (link, _image, label: string, target: string) => change(link, label, target)),
  );
}

/** The links and pictures of a page. */
export function linksOf(text: string): Link[] {
  const found: Link[] = [];
  outsideCode(text, (line, number) => {
    for (const [, , , target = ''] of line.matchAll(LINK)) found.push({ line: number, target });
    for (const [, target = ''] of line.matchAll(HTML_LINK)) found.push({ line: number, target });
    return line;
  });
  return found;
}

/** The anchors of a page: its headings, as GitHub and the site name them. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  outsideCode(
    text,
    (line) => {
      const [, heading] = /^#{1,6} +(.*?)\s*#*$/.exec(line) ?? [];
      if (heading !== undefined) anchors.add(unused(slug(plain(heading)), anchors));
      return line;
    },
    { inlineToo: true },
  );
  return anchors;
}

/** The anchor of a heading: small letters, no punctuation, hyphens for blanks. */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let [candidate, count] = [name, 0];
  while (taken.has(candidate)) candidate = `${name}-${++count}`;
  return candidate;
}

/** A heading's text without its marks. */
function plain(heading: string): string {
  return heading.replace(LINK, '$2').replace(/[`*]/g, '').replace(/\\(.)/g, '$1');
}

/** Goes over the lines that are no code, and leaves inline code in them alone. */
function outsideCode(
  text: string,
  change: (line: string, number: number) => string,
  { inlineToo = false }: { readonly inlineToo?: boolean } = {},
): string {
  let fence = '';
  return text
    .split('\n')
    .map((line, index) => {
      const [, mark = ''] = /^ *(`{3,})/.exec(line) ?? [];
      if (fence !== '') {
        if (line.trim() === fence) fence = '';
        return line;
      }
      if (mark !== '') {
        fence = mark;
        return line;
      }
      if (inlineToo) return change(line, index + 1);
      // A label may hold code, so code is hidden and put back, not cut out.
      const codes: string[] = [];
      const hidden = line.replace(/`[^`]*`/g, (code) => `\uE000${codes.push(code) - 1}\uE000`);
      return change(hidden, index + 1).replace(/\uE000(\d+)\uE000/g, (_, at) => codes[Number(at)] ?? '');
    })
    .join('\n');
}
