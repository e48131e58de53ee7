// Every block of code in the documentation, and what the checks must refuse.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { allBlocks, checkBlocks } from '../src/blocks/check-blocks.js';
import { codeBlocks, told } from '../src/blocks/code-block.js';
import { commandFaces } from '../src/blocks/command-faces.js';
import { checkShell } from '../src/blocks/shell-blocks.js';
import { commandsOf } from '../src/blocks/shell-words.js';

const TIMEOUT = 120_000;
const MADE = fileURLToPath(new URL('../dist/made/', import.meta.url));
const RUN = fileURLToPath(new URL('../dist/run-blocks.js', import.meta.url));

test('every block of every page holds', { timeout: TIMEOUT }, async () => {
  const blocks = allBlocks();
  expect((await checkBlocks(blocks)).map(told)).toEqual([]);
  // It was not an empty list that held.
  const languages = new Set(blocks.map(({ language }) => language));
  for (const language of ['ts', 'sh', 'yaml', 'json', 'mermaid']) expect(languages).toContain(language);
  expect(blocks.length).toBeGreaterThan(50);
});

test('every component of every page comes into service', { timeout: TIMEOUT }, () => {
  // Compiled by the test before this one.
  const lines = execFileSync(process.execPath, [RUN, join(MADE, 'blocks')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const files = lines.map((line) => JSON.parse(line));
  for (const { page, file, components } of files) {
    const states = components.map(({ name, state }: { name: string; state: string }) => [name, state]);
    expect([page, file, states]).toEqual([page, file, states.map(([name]: string[]) => [name, 'running'])]);
    expect(states).not.toEqual([]);
  }
  expect(files.map(({ page }) => page)).toEqual(expect.arrayContaining(['README-md', 'docs-guide-components-md']));
  expect(files.length).toBeGreaterThan(10);
});

/** A page of one block, with what stands before it. */
function page(language: string, text: string, before = ''): string {
  return `# Broken\n\n${before}\`\`\`${language}\n${text}\n\`\`\`\n`;
}

const SESSION = `<!-- prelude\nimport type { Session } from '@wamp-run/client';\ndeclare const session: Session;\n-->\n`;

describe('what is refused', () => {
  test('TypeScript that the published declarations do not allow, at its own line', { timeout: TIMEOUT }, async () => {
    const samples: Record<string, string> = {
      'name.md': page('ts', `import { joinRealm } from '@wamp-run/client';\njoinRealm;`),
      'option.md': page('ts', `\nawait session.call('com.example.add', [1], { timeoutt: 5 });`, SESSION),
      'result.md': page('ts', `const n: number = await session.call<string>('com.example.add');\nn;`, SESSION),
      'alone.md': page('ts', `await session.call('com.example.add');`),
      'continues.md': page('ts', 'session;', '<!-- continues -->\n'),
      'prelude.md': page('ts', '1;', `<!-- prelude\nconst n: string = 1;\n-->\n`),
      'file.md': `${page('ts', `import { a } from '../src/a.js';\nconst n: string = a;\nn;`)}\n<!-- file src/a.ts\nexport const a = 1;\nexport const b: string = 2;\n-->\n\n${page('ts', '// src/a.ts')}`,
      'internal.md': page('ts', `import { joinSession } from '@wamp-run/client/handshake';\njoinSession;`),
    };
    const blocks = Object.entries(samples).flatMap(([name, text]) => codeBlocks(name, text));
    const found = (await checkBlocks(blocks, 'broken-blocks')).map(told);
    expect(found).toEqual(
      [
        /^continues\.md:5: continues nothing/,
        /^file\.md:17: is on this page twice: file-md\/src\/a\.ts/,
        /^alone\.md:4: error TS2304: Cannot find name 'session'/,
        /^file\.md:11: error TS2322/,
        /^file\.md:5: error TS2322/,
        /^internal\.md:4: error TS2307/,
        /^name\.md:4: error TS2305: .*'joinRealm'/,
        /^option\.md:9: error TS2769|^option\.md:9: error TS2561|^option\.md:9: error TS2353/,
        /^prelude\.md:4: error TS2322/,
        /^result\.md:8: error TS2322/,
      ].map((pattern) => expect.stringMatching(pattern)),
    );
  });

  test.each([
    ['no JSON', page('json', '{ "realm": }'), /no JSON/],
    ['a key that no configuration has', page('json', '{ "relam": "shop" }'), /additional properties: relam/],
    ['a value that none has', page('yaml', 'logLevel: loud'), /\/logLevel/],
    ['no YAML', page('yaml', 'realm: [shop'), /no YAML/],
    ['a broken file of another project', page('json', '{', '<!-- of Crossbar.io -->\n'), /no JSON/],
    ['JavaScript that cannot be parsed', page('js', 'const a = ;'), /Expression expected/],
    [
      'a block of another project that is not',
      page('ts', `import 'wamp-run';`, '<!-- of NestJS -->\n'),
      /is not of NestJS/,
    ],
    ['a block without a language', page('', 'text'), /needs a language/],
    ['a language that nobody checks', page('ruby', 'puts 1'), /needs a language/],
    ['a diagram that cannot be drawn', page('mermaid', 'stateDiagram-v2\n  a => b'), /no line of a diagram/],
  ])('%s', { timeout: TIMEOUT }, async (_, text, pattern) => {
    const findings = await checkBlocks(codeBlocks('broken.md', text), 'no-blocks');
    expect(findings.map(({ text }) => text)).toEqual([expect.stringMatching(pattern)]);
  });

  const faces = commandFaces();
  test.each([
    ['wamp-run ./dist/service.js --relam shop', "'wamp-run' has no flag --relam"],
    ['wamp-run call --port 9000 com.example.add', "'wamp-run call' has no flag --port"],
    ['wamp-run keygen certificate file', "'wamp-run keygen' takes no argument, and has no command 'certificate'"],
    ['wamp-run ./dist/service.js --url', "--url of 'wamp-run' lacks its value"],
    ['npx wamp-run router --prot 1', "'wamp-run router' has no flag --prot"],
    ['WAMP_RELAM=shop wamp-run ./dist/service.js', 'there is no variable WAMP_RELAM'],
    ['npm run deploy-it', "there is no script 'deploy-it' in this project or a template"],
    ['npm create wamp-service@latest shop -- --templates x', "'create-wamp-service' has no flag --templates"],
    [
      'npm create wamp-service@latest shop --template service',
      "npm takes '--template' for itself: it has to stand behind --",
    ],
    ['npm create wamp-servise', 'there is no create-wamp-servise'],
    ['wamprun ./dist/service.js', "nobody knows the command 'wamprun'"],
    ['cat keys | wamp-rum call x', "nobody knows the command 'wamp-rum'"],
    ["wamp-run call 'x", "is no line of shell that can be checked: wamp-run call 'x"],
  ])('%s', (line, wrong) => {
    expect(checkShell(codeBlocks('broken.md', page('sh', line)), faces).map(({ text }) => text)).toEqual([wrong]);
  });

  test.each([
    `wamp-run call com.shop.orders.create '"tea"' 2 --realm=shop > out.json`,
    'WAMP_URL=ws://127.0.0.1:9000/ws npx wamp-run ./dist/service.js # a comment',
    'wamp-run keygen keyring shop.keys --uri com.shop && wamp-run ./dist/service.js --keyring shop.keys',
    'pnpm create wamp-service shop --template multi-component',
    'npm create wamp-service@latest shop -- --template multi-component',
  ])('but not: %s', (line) => {
    expect(checkShell(codeBlocks('sound.md', page('sh', line)), faces)).toEqual([]);
  });
});

describe('what is read of a page', () => {
  test('blocks, their lines and the comments before them', () => {
    const text =
      '# A\n\n- one\n\n  ```ts\n  a;\n    b;\n  ```\n\n<!-- continues -->\n\n```TS twoslash\nc;\n```\n\n<!-- of NestJS -->\n```ts\n```\n';
    expect(codeBlocks('a.md', text)).toEqual([
      { page: 'a.md', line: 6, language: 'ts', lines: ['a;', '  b;'], directive: undefined },
      { page: 'a.md', line: 13, language: 'ts', lines: ['c;'], directive: { kind: 'continues' } },
      { page: 'a.md', line: 18, language: 'ts', lines: [], directive: { kind: 'of', name: 'NestJS' } },
    ]);
  });

  test('words of a shell', () => {
    expect(commandsOf(`A=1 B='x y' run "a b"'c' d\\ e 2>&1 | other --x; third # no`)).toEqual([
      { variables: ['A', 'B'], words: ['run', 'a bc', 'd e'] },
      { variables: [], words: ['other', '--x'] },
      { variables: [], words: ['third'] },
    ]);
  });
});
