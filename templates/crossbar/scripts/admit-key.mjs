// Puts the public half of a key file into .crossbar/config.json, in the place of the one that is there.
// node scripts/admit-key.mjs service.key
import { readFileSync, writeFileSync } from 'node:fs';

const CONFIG = '.crossbar/config.json';
const [file = 'service.key'] = process.argv.slice(2);

const [, key] = /^public-key-ed25519: ([0-9a-f]{64})$/m.exec(readFileSync(file, 'utf8')) ?? [];
if (key === undefined) throw new Error(`${file} has no line "public-key-ed25519: …"; make it with: npm run key`);

const before = readFileSync(CONFIG, 'utf8');
const after = before.replace(/("my-service": \{[^}]*"authorized_keys": \[)[^\]]*/, `$1"${key}"`);
if (!after.includes(key)) throw new Error(`${CONFIG} has no principal "my-service" with "authorized_keys"`);
writeFileSync(CONFIG, after);
console.log(`${CONFIG} admits my-service with that key; restart the router`);
