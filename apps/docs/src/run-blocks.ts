// Runs the components among the blocks of the pages, as `checkTypeScript` has laid them out: each file by itself, with a router of
// its own. Prints what became of each file, as one line of JSON.
// `node dist/run-blocks.js <folder of the sources>`
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from 'wamp-run';

const folder = process.argv[2] as string;
for (const page of readdirSync(folder).filter((name) => !name.endsWith('.json'))) {
  const from = join(folder, page, 'src');
  for (const file of readdirSync(from)) {
    if (!exportsComponent(readFileSync(join(from, file), 'utf8'))) continue;
    const running = await start({ files: [file], from, router: { port: 0 } });
    await running.settled();
    console.log(JSON.stringify({ page, file, components: running.status() }));
    await running.stop();
  }
}

function exportsComponent(source: string): boolean {
  return /^@component\((?:.|\n)*?\)\nexport class|^export const \w+ = defineComponent\(/m.test(source);
}
