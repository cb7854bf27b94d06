import { definePlugin } from '@equipoise/spec';
import { boundaryComponent } from './boundary/boundary.js';
import { hopSkipJumpComponent } from './hop-skip-jump/hop-skip-jump.js';
import { nesComponent } from './nes.js';

/** All components of this package. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-black-box',
  components: [hopSkipJumpComponent, boundaryComponent, nesComponent],
});
