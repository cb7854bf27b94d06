import { definePlugin } from '@equipoise/spec';
import { myTrainerComponent } from './my-trainer.js';

/** What this package brings: the trainer `my-trainer`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: 'equipoise-plugin-my-trainer',
  components: [myTrainerComponent],
});
