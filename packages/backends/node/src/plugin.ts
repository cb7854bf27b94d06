import { definePlugin } from '@equipoise/spec';
import { nodeComponent, nodeGpuComponent } from './node.js';

/** The backends `node` and `node-gpu`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/backend-node',
  components: [nodeComponent, nodeGpuComponent],
});
