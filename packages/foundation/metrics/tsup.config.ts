import { preset } from '@equipoise/internal-build';

export default preset();
