export type { Violation } from './chunk.js';
export type { CheckOutcome } from './judge-checks.js';
export { robustnessSchema } from './options.js';
export type { RobustnessOptions } from './options.js';
export { plugin } from './plugin.js';
export { robustness, robustnessComponent } from './robustness.js';
export type { AttackSummary, DistanceSummary, NormSummary, RobustnessData } from './robustness-data.js';
