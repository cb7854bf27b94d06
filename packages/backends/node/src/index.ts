export { node, nodeComponent, nodeGpu, nodeGpuComponent } from './node.js';
export type { NodeGpuOptions, NodeOptions } from './options.js';
export { plugin } from './plugin.js';
