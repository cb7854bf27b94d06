export type { StandardSchemaV1 } from '@standard-schema/spec';
export type { Analysis, AnalysisNeeds, ComparisonEntry, Subject } from './analysis.js';
export type { Attack, AttackOutcome, AttackProblem, AttackSupport, AttackThreat } from './attack.js';
export type { Backend, BackendCapabilities, BackendStatus } from './backend.js';
export { defineComponent, definePlugin } from './component.js';
export type { AnyComponent, Component, ComponentReference, Kind, Kinds, Plugin } from './component.js';
export type { PartialStorage, RunContext, RunEvent } from './context.js';
export type { Dataset, DatasetInfo, Examples, Split, SplitName } from './dataset.js';
export { DataError } from './errors/data-error.js';
export { EquipoiseError } from './errors/equipoise-error.js';
export type { EquipoiseErrorOptions, ErrorDetails } from './errors/equipoise-error.js';
export { InvalidOptionsError } from './errors/invalid-options-error.js';
export { NumericalError } from './errors/numerical-error.js';
export {
  DuplicateComponentError,
  InvalidPluginError,
  NoSuchComponentError,
  UnsupportedSpecVersionError,
} from './errors/registry-errors.js';
export { ShapeError } from './errors/shape-error.js';
export { StorageError } from './errors/storage-error.js';
export { UnsupportedError } from './errors/unsupported-error.js';
export type { Loss, LossInput, LossNeeds, LossValue, Prepared } from './loss.js';
export type { Activations, ForwardMode, Model, ModelSupport } from './model.js';
export type { Criterion, Distance, Norm, Objective, ThreatModel } from './objective.js';
export type { Cell, Report, ReportFigure, ReportImage, ReportImageGrid, ReportTable } from './report.js';
export type { Rng } from './rng.js';
export type { StateArray, Trainer, TrainerSupport, TrainingEvent, TrainingState, TrainingTask } from './trainer.js';
