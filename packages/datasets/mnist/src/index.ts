export { mnist, mnistComponent } from './mnist.js';
export type { MnistOptions } from './options.js';
export { plugin } from './plugin.js';
