import { withTensors } from '@equipoise/kit';
import type { LossInput, Prepared } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { batchMasks, type BatchMasks } from './masks/batch-masks.js';
import type { FclSettings } from './options.js';
import { equaliseEnergy } from './perturbation/equalise.js';
import { displacement, perturbed } from './perturbation/perturb.js';
import type { StepPlan } from './plan.js';
import { utilityMap } from './utility/utility-map.js';

/** Utility, masks and perturbed views of a batch: `{ low, high }`, each only if planned. The caller owns them. */
export async function prepareViews(input: LossInput, settings: FclSettings, plan: StepPlan): Promise<Prepared> {
  if (!plan.low && !plan.high) return {};
  const masks = await masksOf(input, settings);
  return tf.tidy(() => viewsOf(input, settings, plan, masks));
}

async function masksOf(input: LossInput, settings: FclSettings): Promise<BatchMasks> {
  const { model, x, labels, rng, sampleIndices } = input;
  return withTensors(async (own) => {
    const map = settings.masks === 'utility' ? own(utilityMap(model, x, labels, settings)) : undefined;
    const utility = map && ((await map.data()) as Float32Array);
    const batch = { labels: await labels.data(), shape: x.shape.slice(1), rng, sampleIndices };
    return batchMasks({ ...batch, ...(utility && { utility }) }, settings);
  });
}

function viewsOf(input: LossInput, settings: FclSettings, plan: StepPlan, masks: BatchMasks): Prepared {
  const { x, rng, sampleIndices, model } = input;
  const masked = (view: 'high' | 'low'): tf.Tensor =>
    tf.mul(displacement(x, settings[view], view, rng, sampleIndices), tf.tensor(masks[view], x.shape));
  const bounds = (view: 'high' | 'low') => {
    const perturbation = settings[view];
    return perturbation.type === 'noise' && !perturbation.clip ? undefined : model.bounds;
  };
  const high = plan.high || settings.equaliseEnergy ? masked('high') : undefined;
  const views: Record<string, tf.Tensor> = {};
  if (plan.high && high) views['high'] = perturbed(x, high, bounds('high'));
  if (plan.low) {
    const low = settings.equaliseEnergy && high ? equaliseEnergy(masked('low'), high) : masked('low');
    views['low'] = perturbed(x, low, bounds('low'));
  }
  return views;
}
