import { preset } from '@equipoise/internal-build';

export default preset({
  entry: { index: 'src/index.ts', install: 'src/install.ts', 'check-program': 'src/install/check-program.ts' },
  platform: 'node',
});
