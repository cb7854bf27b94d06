export { mnist, mnistComponent } from './mnist.js';
export type { MnistOptions, ReadFile } from './options.js';
export { plugin } from './plugin.js';
