import { definePlugin } from '@equipoise/spec';
import { robustnessComponent } from './robustness.js';

/** The analysis `robustness`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/analysis-robustness',
  components: [robustnessComponent],
});
