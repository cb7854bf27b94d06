export { activateBackend, automaticOrder } from './backends/activate-backend.js';
export type { ActiveBackend } from './backends/activate-backend.js';
export { probeBackends } from './backends/probe-backends.js';
export type { BackendProbe } from './backends/probe-backends.js';
export type {
  CheckpointEvent,
  EvaluationEvent,
  ExperimentEvent,
  JobEndEvent,
  JobProgressEvent,
  JobStartEvent,
  ResumeEvent,
  StepEvent,
  WarningEvent,
} from './experiments/events.js';
export { createInProcessExecutor } from './experiments/executor.js';
export type { JobExecutor } from './experiments/executor.js';
export { experimentJsonSchema } from './experiments/experiment-json-schema.js';
export type { AnalysisResult, JobResult } from './experiments/job-result.js';
export { createMemoryStorage } from './experiments/memory-storage.js';
export type { MemoryStorage } from './experiments/memory-storage.js';
export { captureModel, restoreModel } from './experiments/model-state.js';
export { openTrained } from './experiments/open-trained.js';
export type { TrainedModel, TrainedModelOptions } from './experiments/open-trained.js';
export { createPartialStorage } from './experiments/partial-storage.js';
export { parseExperiment } from './experiments/parse-experiment.js';
export { planJobs } from './experiments/plan-jobs.js';
export type { CompareJob, Job, RowJob, StartJob, TrainingJob } from './experiments/plan-jobs.js';
export { createProgress } from './experiments/progress.js';
export type { Progress, ProgressEstimate } from './experiments/progress.js';
export { resolveExperiment } from './experiments/resolve-experiment.js';
export { runExperiment } from './experiments/run-experiment.js';
export type { ExperimentOutcome, RunExperimentOptions } from './experiments/run-experiment.js';
export { runJob } from './experiments/run-job.js';
export type { JobDependencies } from './experiments/run-job.js';
export type { CheckpointName, RunStorage } from './experiments/storage.js';
export type { Experiment, ExperimentAnalysis, ExperimentRow, ExperimentStart } from './experiments/types.js';
export { checkPlugin } from './registry/check-plugin.js';
export { createRegistry } from './registry/create-registry.js';
export { renamed } from './registry/renamed.js';
export type { RenamedComponent } from './registry/renamed.js';
export type {
  AnyRegistry,
  ComponentDescription,
  ComponentEntry,
  FindComponent,
  JsonSchema,
  NameOf,
  OptionsOf,
  Registry,
} from './registry/types.js';
export { mergeReports, renderHtml, validateReport } from './render/index.js';
export { analyze } from './run/analyze.js';
export type { FitTask } from './run/check-task.js';
export { createContext } from './run/create-context.js';
export type { ContextOptions } from './run/create-context.js';
export { evaluate } from './run/evaluate.js';
export type { Evaluation } from './run/evaluate.js';
export { fit } from './run/fit.js';
export type { FitOptions, FitResult } from './run/fit.js';
export { predict } from './run/predict.js';
export type { BatchOptions, Predictions } from './run/predict.js';
export { runAttack } from '@equipoise/kit';
export { decodeSafetensors, encodeSafetensors } from '@equipoise/kit';
export type { DecodeSafetensorsOptions, Safetensors } from '@equipoise/kit';
