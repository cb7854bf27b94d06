export { fcl, fclComponent } from './fcl.js';
export type { FclOptions } from './options.js';
export { plugin } from './plugin.js';
