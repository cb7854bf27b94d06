import { definePlugin } from '@equipoise/spec';
import { sensitivityComponent } from './sensitivity.js';

/** The analysis `sensitivity`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/analysis-sensitivity',
  components: [sensitivityComponent],
});
