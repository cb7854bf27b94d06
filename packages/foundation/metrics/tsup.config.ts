import { preset } from '@equipoise/internal-build';

export default preset({ entry: ['src/index.ts', 'src/node.ts'] });
