import { definePlugin } from '@equipoise/spec';
import { syntheticMnistComponent } from './synthetic-mnist.js';

/** The data set `synthetic-mnist`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/dataset-synthetic-mnist',
  components: [syntheticMnistComponent],
});
