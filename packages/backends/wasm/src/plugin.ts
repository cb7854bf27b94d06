import { definePlugin } from '@equipoise/spec';
import { wasmComponent } from './wasm.js';

/** The backend `wasm`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/backend-wasm',
  components: [wasmComponent],
});
