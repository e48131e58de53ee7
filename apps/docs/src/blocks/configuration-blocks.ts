import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import { read } from '../repository.js';
import type { CodeBlock, Finding } from './code-block.js';

const SCHEMA = 'packages/wamp-run/wamp-run.config.schema.json';

/**
 * Checks blocks of JSON and YAML: each has to parse, and to be a file of configuration by the schema that `wamp-run` publishes,
 * unless the comment before it says whose it is.
 */
export function checkConfigurations(blocks: readonly CodeBlock[]): Finding[] {
  const validate = new Ajv2020({ allErrors: true, strict: false }).compile(JSON.parse(read(SCHEMA)));
  return blocks.flatMap(({ page, line, language, lines, directive }) => {
    const finding = (text: string, at = line): Finding => ({ page, line: at, text });
    const text = lines.join('\n');
    const parsed = language === 'json' ? jsonOf(text) : yamlOf(text);
    if (typeof parsed === 'string') return [finding(parsed)];
    if (directive?.kind === 'of') return [];
    if (validate(parsed.value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = 'additionalProperty' in params ? `: ${params.additionalProperty}` : '';
      return finding(`no configuration: ${instancePath === '' ? 'the file' : instancePath} ${message}${extra}`);
    });
  });
}

/** The value, or what is wrong. */
function jsonOf(text: string): { readonly value: unknown } | string {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return `no JSON: ${(error as Error).message}`;
  }
}

function yamlOf(text: string): { readonly value: unknown } | string {
  const document = parseDocument(text);
  const [error] = document.errors;
  return error === undefined ? { value: document.toJS() } : `no YAML: ${error.message}`;
}
