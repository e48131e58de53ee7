import { Graph, layout } from '@dagrejs/dagre';

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: readonly string[];
}

const CHARACTER = 7.2;
const LINE = 17;
const WIDEST_LABEL = 34;
const ARROW = /^(\w+) --> (\w+)(?:: (.+))?$/;

/**
 * Draws a state diagram of Mermaid as SVG, so that the site needs no script for it. It knows what the diagrams of this
 * repository are made of: `stateDiagram-v2` and lines `from --> to: label`.
 *
 * @param text - the diagram's source
 * @returns an `<svg>` that takes its colours from the page
 * @throws Error where a line is none of these
 */
export function drawnDiagram(text: string): string {
  const arrows = arrowsOf(text);
  // What leads back to where it begins is told in the state itself: as an arrow it would cross all others.
  const staying = new Map(arrows.filter(({ from, to }) => from === to).map(({ from, label }) => [from, label]));
  const moving = arrows.filter(({ from, to }) => from !== to);
  const graph = new Graph({ multigraph: true })
    .setGraph({ rankdir: 'TB', nodesep: 26, ranksep: 34, edgesep: 14, marginx: 12, marginy: 12 })
    .setDefaultEdgeLabel(() => ({}));
  for (const name of new Set(arrows.flatMap(({ from, to }) => [from, to]))) {
    const lines = staying.get(name) ?? [];
    graph.setNode(name, {
      width: Math.max(name.length * CHARACTER, widthOf(lines)) + 28,
      height: 34 + lines.length * LINE,
    });
  }
  for (const [index, { from, to, label }] of moving.entries()) {
    graph.setEdge(
      from,
      to,
      { width: widthOf(label) + 10, height: label.length * LINE + 6, labelpos: 'c' },
      String(index),
    );
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const [across, down] = [Math.ceil(width), Math.ceil(height)];
  const edges = moving.map((arrow, index) => ({
    ...arrow,
    ...(graph.edge(arrow.from, arrow.to, String(index)) as Drawn),
  }));
  const parts = [
    ...edges.map(drawnArrow),
    ...graph
      .nodes()
      .map((name: string) => drawnState(name, graph.node(name) as unknown as Box, staying.get(name) ?? [])),
    // Last, so that no arrow goes through a word.
    ...edges.map(drawnLabel),
  ];
  return [
    `<svg class="diagram" role="img" viewBox="0 0 ${across} ${down}" width="${across}" height="${down}" xmlns="http://www.w3.org/2000/svg">`,
    `<title>${escaped(arrows.map(({ from, to }) => `${from} to ${to}`).join(', '))}</title>`,
    '<defs><marker id="diagram-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker></defs>',
    ...parts,
    '</svg>',
  ].join('');
}

function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => line.length)) * (CHARACTER - 0.8);
}

function arrowsOf(text: string): Arrow[] {
  const [head = '', ...lines] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (head !== 'stateDiagram-v2') throw new Error(`a diagram begins with 'stateDiagram-v2', not with '${head}'`);
  return lines.map((line) => {
    const [, from, to, label = ''] = ARROW.exec(line) ?? [];
    if (from === undefined || to === undefined) throw new Error(`no line of a diagram: '${line}'`);
    return { from, to, label: label.split(' · ').flatMap((part) => wrapped(part)) };
  });
}

/** A label's lines, none longer than it may be. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDEST_LABEL) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Drawn = Box & { readonly points: readonly { readonly x: number; readonly y: number }[] };

function drawnState(name: string, { x, y, width, height }: Box, staying: readonly string[]): string {
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  const box = `<rect x="${left}" y="${top}" width="${round(width)}" height="${height}" rx="8"/>`;
  const title = `<text x="${round(x)}" y="${round(top + 21.5)}">${escaped(name.replaceAll('_', '-'))}</text>`;
  return `<g class="state">${box}${title}${linesAt(staying, x, top + 38)}</g>`;
}

function drawnArrow({ points }: Drawn): string {
  const path = points.map((point, index) => `${index === 0 ? 'M' : 'L'}${round(point.x)} ${round(point.y)}`).join('');
  return `<path class="arrow" d="${path}" marker-end="url(#diagram-head)"/>`;
}

function drawnLabel({ label, x, y, height }: Arrow & Drawn): string {
  return linesAt(label, x, y - height / 2 + LINE - 1);
}

/** Lines of text, one below the other, each in the middle of `x`. */
function linesAt(lines: readonly string[], x: number, y: number): string {
  const spans = lines.map(
    (line, index) => `<tspan x="${round(x)}" y="${round(y + index * LINE)}">${escaped(line)}</tspan>`,
  );
  return spans.length === 0 ? '' : `<text class="label">${spans.join('')}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
