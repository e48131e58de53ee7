// What each package offers, as text: packages/<name>/api.txt. With `--write` the files are written, without they are
// compared. Exit code 1: they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { apiReports } from './api-report.js';
import { packages, ROOT } from './workspace.js';

const write = process.argv.includes('--write');
for (const [folder, text] of apiReports(packages())) {
  const file = join(folder, 'api.txt');
  if (write) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${relative(ROOT, file)} is not what the package offers; look at the difference after: npm run api`);
    process.exitCode = 1;
  }
}
