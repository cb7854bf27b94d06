export { plb, plbComponent } from './plb.js';
export type { PlbOptions } from './plb.js';
export { plugin } from './plugin.js';
