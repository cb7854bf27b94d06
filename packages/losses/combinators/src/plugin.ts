import { definePlugin } from '@equipoise/spec';
import { weightedSumComponent } from './weighted-sum.js';

/** The loss of this package: `weighted-sum`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/loss-combinators',
  components: [weightedSumComponent],
});
