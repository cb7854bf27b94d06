import { definePlugin } from '@equipoise/spec';
import { supervisedComponent } from './supervised.js';

/** The plugin of `@equipoise/trainer-supervised`: the trainer `supervised`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/trainer-supervised',
  components: [supervisedComponent],
});
