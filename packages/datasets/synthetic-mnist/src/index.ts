export type { SyntheticMnistOptions } from './options.js';
export { cornerBoxes } from './places.js';
export type { Box } from './places.js';
export { plugin } from './plugin.js';
export { syntheticMnist, syntheticMnistComponent } from './synthetic-mnist.js';
