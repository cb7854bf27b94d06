import { definePlugin } from '@equipoise/spec';
import { transferComponent } from './transfer.js';

/** The analysis `transfer`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/analysis-transfer',
  components: [transferComponent],
});
