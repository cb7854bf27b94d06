import { preset } from '@equipoise/internal-build';

/** The download is a file of its own, because browsers leave it out (`browser` in package.json). */
export default preset({
  entry: { index: 'src/index.ts', download: 'src/download/index.ts' },
  dts: { entry: 'src/index.ts' },
});
