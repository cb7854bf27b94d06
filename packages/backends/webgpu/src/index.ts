export type { WebgpuOptions } from './options.js';
export { plugin } from './plugin.js';
export { webgpu, webgpuComponent } from './webgpu.js';
