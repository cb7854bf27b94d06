import { definePlugin } from '@equipoise/spec';
import { relabelComponent } from './relabel.js';
import { robustifyComponent } from './robustify.js';

/** All components of this package. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-adversarial-relabel',
  components: [relabelComponent, robustifyComponent],
});
