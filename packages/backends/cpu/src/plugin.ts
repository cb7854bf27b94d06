import { definePlugin } from '@equipoise/spec';
import { cpuComponent } from './cpu.js';

/** The backend `cpu`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/backend-cpu',
  components: [cpuComponent],
});
