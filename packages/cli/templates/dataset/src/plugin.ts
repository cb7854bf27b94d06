import { definePlugin } from '@equipoise/spec';
import { myDatasetComponent } from './my-dataset.js';

/** What this package brings: the dataset `my-dataset`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: 'equipoise-plugin-my-dataset',
  components: [myDatasetComponent],
});
