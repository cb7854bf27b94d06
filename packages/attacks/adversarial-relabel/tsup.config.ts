import { preset } from '@equipoise/internal-build';

/** What needs a file system is a file of its own, because browsers leave it out (`browser` in package.json). */
export default preset({
  entry: { index: 'src/index.ts', folder: 'src/storage/folder-store.ts' },
  dts: { entry: 'src/index.ts' },
});
