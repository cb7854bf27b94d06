import { definePlugin } from '@equipoise/spec';
import { mnistComponent } from './mnist.js';

/** The data set `mnist`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/dataset-mnist',
  components: [mnistComponent],
});
