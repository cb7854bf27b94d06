export { accuracy } from './classification/accuracy.js';
export type { Judged } from './classification/accuracy.js';
export { calibration } from './classification/calibration.js';
export type { Calibration, CalibrationBin, CalibrationOptions, JudgedLogits } from './classification/calibration.js';
export { confusion } from './classification/confusion.js';
export type { Confusion, ConfusionOptions } from './classification/confusion.js';
export { pearson, spearman } from './correlation/correlation.js';
export { ranks } from './correlation/ranks.js';
export { collapse } from './embeddings/collapse.js';
export type { Collapse, CollapseOptions } from './embeddings/collapse.js';
export { alignment, uniformity } from './embeddings/geometry.js';
export type { AlignmentOptions, UniformityOptions } from './embeddings/geometry.js';
export { nearestNeighbours } from './embeddings/nearest-neighbours.js';
export type { Neighbours, NearestNeighboursOptions } from './embeddings/nearest-neighbours.js';
export { neighbourClassification, neighbourVotes } from './embeddings/neighbour-votes.js';
export type {
  NeighbourClassification,
  NeighbourClassificationOptions,
  NeighbourVotes,
  NeighbourVotesOptions,
} from './embeddings/neighbour-votes.js';
export { unitRows } from './embeddings/unit-rows.js';
export { curveArea, robustAccuracyCurve } from './robustness/curve.js';
export type { CurveArea, RobustAccuracyCurve, RobustAccuracyCurveOptions } from './robustness/curve.js';
export { minimalDistances } from './robustness/distances.js';
export type { AttackAttempt } from './robustness/distances.js';
export { median, medianDistances } from './robustness/median.js';
export type { MedianDistances } from './robustness/median.js';
export { robustness } from './robustness/robustness.js';
export type { AttackedPredictions, Robustness } from './robustness/robustness.js';
