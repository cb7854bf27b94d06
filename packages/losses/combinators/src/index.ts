export { plugin } from './plugin.js';
export { weightedSum, weightedSumComponent } from './weighted-sum.js';
export type { WeightedSumOptions } from './weighted-sum.js';
