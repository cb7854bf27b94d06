import { definePlugin } from '@equipoise/spec';
import { carliniWagnerComponent } from './carlini-wagner/carlini-wagner.js';
import { ddnComponent } from './ddn.js';
import { deepfoolComponent } from './deepfool/deepfool.js';
import { fmnComponent } from './fmn/fmn.js';

/** The attacks of this package: `deepfool`, `ddn`, `fmn` and `carlini-wagner`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-minimal',
  components: [deepfoolComponent, ddnComponent, fmnComponent, carliniWagnerComponent],
});
