export { minimalEps, minimalEpsComponent } from './minimal-eps/minimal-eps.js';
export type { MinimalEpsOptions } from './minimal-eps/minimal-eps.js';
export { plugin } from './plugin.js';
export { repeat, repeatComponent } from './repeat.js';
export type { RepeatOptions } from './repeat.js';
export { worstOf, worstOfComponent } from './worst-of.js';
export type { WorstOfOptions } from './worst-of.js';
