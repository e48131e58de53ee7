import { pages, read } from '../repository.js';
import { drawnDiagram } from '../site/diagram.js';
import { type CodeBlock, codeBlocks, type Finding } from './code-block.js';
import { commandFaces } from './command-faces.js';
import { checkConfigurations } from './configuration-blocks.js';
import { checkParsed } from './parsed-blocks.js';
import { checkShell } from './shell-blocks.js';
import { checkTypeScript } from './typescript-blocks.js';

/** How the blocks of a language are checked; a language that is not here is refused. */
const CHECKS: Readonly<Record<string, 'typescript' | 'javascript' | 'configuration' | 'shell' | 'diagram' | 'none'>> = {
  ts: 'typescript',
  js: 'javascript',
  json: 'configuration',
  yaml: 'configuration',
  sh: 'shell',
  // Commands with `$ ` before them, and what they print.
  console: 'shell',
  mermaid: 'diagram',
  // What is printed, sketched or another language's, and can be held against nothing here.
  text: 'none',
  python: 'none',
  ini: 'none',
  dockerfile: 'none',
};

/** The blocks of all pages. */
export function allBlocks(): CodeBlock[] {
  return pages().flatMap((page) => codeBlocks(page, read(page)));
}

/**
 * Checks blocks by their language. Every block is in one check, or is refused.
 *
 * @param blocks - those of whole pages, in their order
 * @param name - of the folder for the sources; runs at a time need names of their own
 */
export async function checkBlocks(blocks: readonly CodeBlock[], name?: string): Promise<Finding[]> {
  const of = (kind: string) => blocks.filter(({ language }) => CHECKS[language] === kind);
  const unknown = blocks
    .filter(({ language }) => CHECKS[language] === undefined)
    .map(({ page, line, language }) => ({
      page,
      line,
      text: `a block needs a language, one of ${Object.keys(CHECKS).join(', ')}; got '${language}'`,
    }));
  return [
    ...unknown,
    ...(await checkTypeScript(of('typescript'), name)),
    ...checkParsed([...of('typescript'), ...of('javascript')]),
    ...checkConfigurations(of('configuration')),
    // The programs are asked for their help only where somebody uses them.
    ...(of('shell').length === 0 ? [] : checkShell(of('shell'), commandFaces())),
    ...of('diagram').flatMap(wrongDiagram),
  ];
}

function wrongDiagram({ page, line, lines }: CodeBlock): Finding[] {
  try {
    drawnDiagram(lines.join('\n'));
    return [];
  } catch (error) {
    return [{ page, line, text: (error as Error).message }];
  }
}
