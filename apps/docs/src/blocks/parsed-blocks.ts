import ts from 'typescript';
import type { CodeBlock, Finding } from './code-block.js';

/**
 * Parses blocks of JavaScript and TypeScript without looking at their types: JavaScript, and TypeScript of other projects,
 * which are no dependencies of this one. That a block is another project's is not believed where it imports from this one.
 */
export function checkParsed(blocks: readonly CodeBlock[]): Finding[] {
  return blocks.flatMap((block) => {
    const { page, line, language, lines, directive } = block;
    if (language !== 'js' && directive?.kind !== 'of') return [];
    const text = lines.join('\n');
    const foreign = directive?.kind === 'of' && /['"](@wamp-run\/|wamp-run['"])/.test(text);
    const findings: Finding[] = foreign
      ? [{ page, line, text: `is not of ${directive.name}: it imports wamp-run` }]
      : [];
    const { diagnostics = [] } = ts.transpileModule(text, {
      reportDiagnostics: true,
      fileName: language === 'js' ? 'block.js' : 'block.ts',
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, experimentalDecorators: true },
    });
    for (const { start = 0, messageText } of diagnostics) {
      const before = text.slice(0, start).split('\n').length - 1;
      findings.push({ page, line: line + before, text: ts.flattenDiagnosticMessageText(messageText, '; ') });
    }
    return findings;
  });
}
