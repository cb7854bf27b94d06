import { definePlugin } from '@equipoise/spec';
import { balanceComponent } from './balance.js';

/** The analysis `balance`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/analysis-balance',
  components: [balanceComponent],
});
