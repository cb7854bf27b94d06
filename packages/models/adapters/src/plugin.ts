import { definePlugin } from '@equipoise/spec';
import { checkpointComponent } from './checkpoint.js';

/** The components of this package; the other adapters take functions and objects, which only code has. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/model-adapters',
  components: [checkpointComponent],
});
