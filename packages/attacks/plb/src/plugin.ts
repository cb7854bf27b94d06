import { definePlugin } from '@equipoise/spec';
import { plbComponent } from './plb.js';

/** All components of this package. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-plb',
  components: [plbComponent],
});
