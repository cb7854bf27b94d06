import { definePlugin } from '@equipoise/spec';
import { cnnComponent } from './cnn.js';
import { mlpComponent } from './mlp.js';

/** The networks of this package: `mlp`, `cnn`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/model-vision',
  components: [mlpComponent, cnnComponent],
});
