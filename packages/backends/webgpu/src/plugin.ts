import { definePlugin } from '@equipoise/spec';
import { webgpuComponent } from './webgpu.js';

/** The backend `webgpu`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/backend-webgpu',
  components: [webgpuComponent],
});
