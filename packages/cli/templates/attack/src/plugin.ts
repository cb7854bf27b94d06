import { definePlugin } from '@equipoise/spec';
import { myAttackComponent } from './my-attack.js';

/** What this package brings: the attack `my-attack`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: 'equipoise-plugin-my-attack',
  components: [myAttackComponent],
});

/** What `equipoise check` needs to know: the ball that the attack, with its default options, must not leave. */
export const conformance = { attacks: { 'my-attack': { radius: { norm: 'linf', eps: 0.1 } } } } as const;
