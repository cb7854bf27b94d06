export { checkpoint, checkpointComponent } from './checkpoint.js';
export type { CheckpointOptions } from './checkpoint.js';
export { fromFunction } from './from-function.js';
export type { FromFunctionOptions, FunctionOutput } from './from-function.js';
export { fromLayersModel } from './from-layers-model.js';
export type { FromLayersModelOptions } from './from-layers-model.js';
export type { LayerLike, LayersModelLike, NodeLike, SymbolicTensorLike, WeightLike } from './layers-graph.js';
export { looksLikeProbabilities } from './looks-like-probabilities.js';
export { plugin } from './plugin.js';
