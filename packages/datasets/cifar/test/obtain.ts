/** Gets an archive in a process of its own: `<archive as JSON> <files as JSON>`; prints the folder. */
import { obtainFolder } from '../src/download/index.js';

const [archive, files] = process.argv.slice(2).map((text) => JSON.parse(text) as never);
console.log(await obtainFolder(archive as never, files as never, { report: () => undefined }));
