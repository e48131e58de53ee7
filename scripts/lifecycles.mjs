// Draws docs/lifecycles.md from the transition tables, so that the page cannot say anything else than the code.
// `node scripts/lifecycles.mjs` writes it (after a build); `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CLIENT_LIFECYCLE } from '../packages/client/dist/index.js';
import { CLIENT_STATES, ROUTER_STATES } from '../packages/protocol/dist/index.js';
import { COMPONENT_STATES } from '../packages/runtime/dist/index.js';

const page = fileURLToPath(new URL('../docs/lifecycles.md', import.meta.url));

const text = `# Lifecycles

Drawn from the tables in the code by \`node scripts/lifecycles.mjs\`. A step that is not drawn is not possible: in a
session it is a violation of the protocol.

${section('A session, at the client', 'packages/protocol/src/session/client-states.ts', CLIENT_STATES)}
${section('A session, at the router', 'packages/protocol/src/session/router-states.ts', ROUTER_STATES)}
${section('A client', 'packages/client/src/client-states.ts', CLIENT_LIFECYCLE)}
${section('A component', 'packages/runtime/src/component-states.ts', COMPONENT_STATES)}`.trimEnd();

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== `${text}\n`) {
    console.error("docs/lifecycles.md is not what the tables say; run 'node scripts/lifecycles.mjs'");
    process.exit(1);
  }
} else {
  writeFileSync(page, `${text}\n`);
}

function section(title, file, table) {
  const arrows = Object.entries(table).flatMap(([from, steps]) => [...grouped(from, steps)]);
  const lines = arrows.map(({ from, to, steps }) => `  ${name(from)} --> ${name(to)}: ${label(steps)}`);
  return `## ${title}\n\n\`${file}\`\n\n\`\`\`mermaid\nstateDiagram-v2\n${lines.join('\n')}\n\`\`\`\n`;
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
