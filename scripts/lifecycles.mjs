// Draws docs/lifecycles.md, and two diagrams of docs/architecture.md, from the transition tables, so that the pages cannot say
// anything else than the code. `node scripts/lifecycles.mjs` writes them; `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sourceModules } from './source-modules.mjs';

const [{ CLIENT_LIFECYCLE }, { CLIENT_STATES, ROUTER_STATES }, { COMPONENT_STATES }, { READING_STATES }] =
  await sourceModules(
    'packages/client/src/index.ts',
    'packages/protocol/src/index.ts',
    'packages/runtime/src/index.ts',
    'packages/transport/src/websocket/frame-states.ts',
  );

const page = fileURLToPath(new URL('../docs/lifecycles.md', import.meta.url));
const overview = fileURLToPath(new URL('../docs/architecture.md', import.meta.url));
const BEGIN = '<!-- diagrams: written by node scripts/lifecycles.mjs -->\n';
const END = '<!-- diagrams end -->';

const text = `# Lifecycles

Drawn from the tables in the code by \`node scripts/lifecycles.mjs\`. A step that is not drawn is not possible: in a
session it is a violation of the protocol.

${section('A session, at the client', 'packages/protocol/src/session/client-states.ts', CLIENT_STATES)}
${section('A session, at the router', 'packages/protocol/src/session/router-states.ts', ROUTER_STATES)}
${section('A client', 'packages/client/src/client-states.ts', CLIENT_LIFECYCLE)}
${section('A component', 'packages/runtime/src/component-states.ts', COMPONENT_STATES)}
${section('Reading the frames of a WebSocket', 'packages/transport/src/websocket/frame-states.ts', READING_STATES)}`.trimEnd();

const before = readFileSync(overview, 'utf8');
const [from, to] = [before.indexOf(BEGIN) + BEGIN.length, before.indexOf(END)];
if (from < BEGIN.length || to < from) throw new Error(`docs/architecture.md has no place for the diagrams: ${BEGIN}`);
const chosen = `
${section('A component', 'packages/runtime/src/component-states.ts', COMPONENT_STATES, 3)}
${section('A client', 'packages/client/src/client-states.ts', CLIENT_LIFECYCLE, 3)}
`;
const wanted = new Map([
  [page, `${text}\n`],
  [overview, before.slice(0, from) + chosen + before.slice(to)],
]);
for (const [file, content] of wanted) {
  if (readFileSync(file, 'utf8') === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file.replace(/.*\//, 'docs/')} is not what the tables say; run 'node scripts/lifecycles.mjs'`);
    process.exit(1);
  }
  writeFileSync(file, content);
}

function section(title, file, table, level = 2) {
  const arrows = Object.entries(table).flatMap(([from, steps]) => [...grouped(from, steps)]);
  const lines = arrows.map(({ from, to, steps }) => `  ${name(from)} --> ${name(to)}: ${label(steps)}`);
  return `${'#'.repeat(level)} ${title}\n\n\`${file}\`\n\n\`\`\`mermaid\nstateDiagram-v2\n${lines.join('\n')}\n\`\`\`\n`;
}

/** Steps between the same two states share an arrow. */
function grouped(from, steps) {
  const arrows = new Map();
  for (const [step, to] of Object.entries(steps)) {
    if (to === undefined) continue;
    const arrow = arrows.get(to) ?? { from, to, steps: [] };
    arrow.steps.push(step);
    arrows.set(to, arrow);
  }
  return arrows.values();
}

/** Many messages on one arrow are told by their verb: \`receive PUBLISHED, EVENT, …\`. */
function label(steps) {
  const verbs = new Map();
  for (const step of steps) {
    const [verb, ...rest] = step.split(' ');
    verbs.set(verb, [...(verbs.get(verb) ?? []), rest.join(' ')]);
  }
  return [...verbs].map(([verb, rest]) => `${verb} ${rest.filter(Boolean).join(', ')}`.trim()).join(' · ');
}

/** Mermaid takes no hyphens in the names of states. */
function name(state) {
  return state.replaceAll('-', '_');
}
