import { preset } from '@equipoise/internal-build';

export default preset({ entry: ['src/index.ts', 'src/bin.ts', 'src/worker.ts'], platform: 'node' });
