import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Every published package: `{ folder, kind, name, manifest }`, where `kind` is its room (`foundation`, `losses`, …). */
export function packages() {
  const rooms = readdirSync(join(root, 'packages'));
  const folders = rooms.flatMap((room) =>
    existsSync(join(root, 'packages', room, 'package.json'))
      ? [[room, join(root, 'packages', room)]]
      : readdirSync(join(root, 'packages', room)).map((name) => [room, join(root, 'packages', room, name)]),
  );
  return folders
    .filter(([, folder]) => existsSync(join(folder, 'package.json')))
    .map(([kind, folder]) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return { folder, kind, name: manifest.name, manifest };
    });
}

/** Every file below a folder, but for installed and built ones. */
export function files(folder, accept = () => true) {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (['node_modules', 'dist', '.turbo'].includes(entry)) return [];
    if (statSync(path).isDirectory()) return files(path, accept);
    return accept(path) ? [path] : [];
  });
}

/** A path as it is shown. */
export const shown = (path) => relative(root, path);

/** Prints problems and ends the process: 0 without any. */
export function conclude(what, problems) {
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? `${what}: right` : `${what}: ${problems.length} wrong`);
  process.exit(problems.length === 0 ? 0 : 1);
}
