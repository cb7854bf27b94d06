export { checkBatch } from './checks.js';
export { evaluateModel } from './evaluation.js';
export type { Metrics } from './evaluation.js';
export { lossGradients } from './gradients.js';
export type { LossGradients, LossTerm } from './gradients.js';
export type {
  BatchFacts,
  BatchPlace,
  EvaluationSubject,
  MethodRun,
  RunOpening,
  StuckSettings,
  TrainingMethod,
} from './method.js';
export { evaluationOption, trainingOptions, withTrainingRules } from './options.js';
export type { EvaluationSettings, TrainingSettings } from './options.js';
export type { TrainingPlan } from './plan.js';
export { epochOrder } from './sampling.js';
export type { SampledExamples, Sampling } from './sampling.js';
export type { Selection, TrainingWarning } from './selection.js';
export { chanceOf, isAtChance } from './stuck.js';
export type { Chance } from './stuck.js';
export { train } from './train.js';
