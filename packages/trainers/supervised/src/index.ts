export type { SupervisedOptions } from './options.js';
export { plugin } from './plugin.js';
export { supervised, supervisedComponent } from './supervised.js';
