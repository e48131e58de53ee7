// Two components of one process, as `wamp-run` runs them.
import { fileURLToPath } from 'node:url';
import { start } from 'wamp-run';

const file = fileURLToPath(new URL('./calling-components.js', import.meta.url));
// Says that it is ready when the component that calls has joined.
const running = await start({ files: [file], from: process.cwd(), router: { port: 0 } });
await running.settled();
