export { plugin } from './plugin.js';
export { relabel, relabelComponent } from './relabel.js';
export type { RelabelOptions } from './relabel.js';
export { robustify, robustifyComponent } from './robustify.js';
export type { RobustifyOptions } from './robustify.js';
