import type { RunContext, Rng } from '@equipoise/spec';
import { createRng } from '@equipoise/kit';
import type { Initializer } from './initializers.js';
import { activation, type Activation } from './layers/activation.js';
import { batchNormalization } from './layers/batch-normalization.js';
import { dense } from './layers/dense.js';
import { dropout } from './layers/dropout.js';
import { groupNormalization } from './layers/group-normalization.js';
import type { LayerBuilder } from './layers/layer.js';
import { layerNormalization } from './layers/layer-normalization.js';
import { standardize } from './layers/standardize.js';
import type { Normalization } from './options.js';

/** What the hidden layers of a network have in common. */
export interface HiddenStyle {
  readonly activation: Activation;
  readonly normalization: Normalization;
  readonly initializer: Initializer;
}

/** Normalisation, if any, and activation of the layer `name`. */
export function afterLayer(name: string, { activation: type, normalization }: HiddenStyle): LayerBuilder[] {
  return [
    ...normalizationLayers(`${name}.normalization`, normalization),
    activation({ name: `${name}.activation`, type }),
  ];
}

/** Whether the layers need a bias: a normalisation's offset takes its place. */
export function needsBias({ normalization }: HiddenStyle): boolean {
  return normalization.type === 'none';
}

/** `dense1`, `dense1.normalization`, `dense1.activation`, `dense1.dropout`, `dense2`, … */
export function denseLayers(sizes: readonly number[], style: HiddenStyle, rate: number): LayerBuilder[] {
  return sizes.flatMap((units, index) => {
    const name = `dense${index + 1}`;
    return [
      dense({ name, units, bias: needsBias(style), initializer: style.initializer }),
      ...afterLayer(name, style),
      ...(rate > 0 ? [dropout({ name: `${name}.dropout`, rate })] : []),
    ];
  });
}

/** The layer that standardises the input, unless there is nothing to do. */
export function inputLayers(mean: number | readonly number[], std: number | readonly number[]): LayerBuilder[] {
  return mean === 0 && std === 1 ? [] : [standardize({ name: 'standardize', mean, std })];
}

/** The head, if there are classes. */
export function headOf(classes: number | null, initializer: Initializer): { head?: LayerBuilder } {
  return classes === null ? {} : { head: dense({ name: 'head', units: classes, initializer }) };
}

/** The stream of the initial weights. */
export function weightStream(seed: number | string | undefined, context: RunContext): Rng {
  return (seed === undefined ? context.rng : createRng(seed)).fork('weights');
}

function normalizationLayers(name: string, normalization: Normalization): LayerBuilder[] {
  switch (normalization.type) {
    case 'none':
      return [];
    case 'batch':
      return [batchNormalization({ name, ...normalization })];
    case 'group':
      return [groupNormalization({ name, ...normalization })];
    case 'layer':
      return [layerNormalization({ name, ...normalization })];
  }
}
