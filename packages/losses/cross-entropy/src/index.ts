export { checkLabels } from './check-labels.js';
export { crossEntropyComponent, crossEntropyLoss } from './cross-entropy.js';
export type { CrossEntropyOptions } from './cross-entropy.js';
export { plugin } from './plugin.js';
