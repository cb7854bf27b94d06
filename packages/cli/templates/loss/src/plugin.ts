import { definePlugin } from '@equipoise/spec';
import { myLossComponent } from './my-loss.js';

/** What this package brings: the loss `my-loss`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: 'equipoise-plugin-my-loss',
  components: [myLossComponent],
});
