import { definePlugin } from '@equipoise/spec';
import { crossEntropyComponent } from './cross-entropy.js';

/** The loss of this package: `cross-entropy`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/loss-cross-entropy',
  components: [crossEntropyComponent],
});
