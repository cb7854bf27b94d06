import { definePlugin } from '@equipoise/spec';
import { myModelComponent } from './my-model.js';

/** What this package brings: the model `my-model`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: 'equipoise-plugin-my-model',
  components: [myModelComponent],
});
