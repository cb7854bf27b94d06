import { definePlugin } from '@equipoise/spec';
import { fclComponent } from './fcl.js';

/** The plugin of `@equipoise/loss-fcl`: the loss `fcl`. */
export const plugin = definePlugin({ specVersion: 1, id: '@equipoise/loss-fcl', components: [fclComponent] });
