import { definePlugin } from '@equipoise/spec';
import { adversarialComponent } from './adversarial.js';

/** The plugin of `@equipoise/trainer-adversarial`: the trainer `adversarial`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/trainer-adversarial',
  components: [adversarialComponent],
});
