export { countCalls } from './calls.js';
export type { Calls } from './calls.js';
export { averaged } from './evaluators/averaged.js';
export type { AveragedOptions, Transformation } from './evaluators/averaged.js';
export { estimated } from './evaluators/estimated.js';
export type { EstimatedOptions } from './evaluators/estimated.js';
export { mayShrink, problemEvaluator, rowsOfLabels, verdict } from './evaluators/problem-evaluator.js';
export type { ProblemEvaluatorOptions } from './evaluators/problem-evaluator.js';
export { successesAmong } from './evaluators/successes-among.js';
export { withSurrogate } from './evaluators/surrogate.js';
export { ascend } from './loop/ascend.js';
export type { Ascended, Ascent } from './loop/ascend.js';
export { copyOf } from './loop/live-batch.js';
export type {
  Evaluator,
  Keep,
  KeepNearest,
  Look,
  Move,
  Place,
  Point,
  SampleState,
  Slope,
  StepRule,
} from './loop/contracts.js';
export { differenceOfLogitsRatio, targetedDifferenceOfLogitsRatio } from './objectives/difference-of-logits-ratio.js';
export { logitObjectiveNames, logitObjectives } from './objectives/logit-objective.js';
export type { LogitObjective, LogitObjectiveName } from './objectives/logit-objective.js';
export { logitOf, margin, strongestOther } from './objectives/margin.js';
export { ballNorms, epsOption, lengthSchema, normOption, objectiveOption } from './options.js';
export { distanceIn } from './region/distance.js';
export { applyMask, checkMask, createRegion } from './region/region.js';
export type { Region, RegionOptions } from './region/region.js';
export { uniformInBall } from './region/uniform-in-ball.js';
export { dividedByL1, stepDirection } from './rules/directions.js';
export { projectedSteps } from './rules/projected-steps.js';
export type { ProjectedStepsOptions } from './rules/projected-steps.js';
export { nearestOutcome, outcomeOf } from './outcome.js';
export { selectRows } from './select-rows.js';
export type { Selection } from './select-rows.js';
export { findStarts } from './starts/find-starts.js';
export type { Starts, StartSearch } from './starts/find-starts.js';
export { coarsePictures, growingNoise, inTurn } from './starts/proposals.js';
export type { GrowingNoiseOptions, Proposal } from './starts/proposals.js';
export { inspectFirst } from './warnings.js';
