/** Types of single packages, as a user's compiler sees them. */
import { wasm } from '@equipoise/backend-wasm';
import { lossChecks } from '@equipoise/conformance';
import { createContext, createRegistry, fit } from '@equipoise/core';
import { openRun } from '@equipoise/core/node';
import { mnist } from '@equipoise/dataset-mnist';
import { createRng } from '@equipoise/kit';
import { crossEntropyLoss, plugin as crossEntropy } from '@equipoise/loss-cross-entropy';
import { fcl, plugin as fclPlugin } from '@equipoise/loss-fcl';
import { cnn } from '@equipoise/model-vision';
import { EquipoiseError, type Backend, type Loss, type Model } from '@equipoise/spec';
import { supervised } from '@equipoise/trainer-supervised';

export const backend: Backend = wasm();
export const model: Model = cnn({ preset: 'small', classes: 15 });
export const loss: Loss = fcl({ fraction: 0.2, relation: 'pair' });
export const checks = lossChecks(() => crossEntropyLoss());
export const number: number = createRng(1).normal();
export const open: typeof openRun = openRun;

export async function train(): Promise<number> {
  const { step } = await fit({
    trainer: supervised({ steps: 1 }),
    model,
    dataset: mnist(),
    loss,
    context: createContext({ seed: 1 }),
  });
  return step;
}

const registry = createRegistry().use(crossEntropy).use(fclPlugin);
export const created: Promise<Loss> = registry.create('loss', 'fcl', { fraction: 0.1 }, createContext({ seed: 1 }));

// @ts-expect-error there is no such option
fcl({ fractions: 0.2 });
// @ts-expect-error there is no such relation
fcl({ relation: 'triple' });
// @ts-expect-error there is no such loss in this registry
registry.create('loss', 'simclr', {}, createContext({ seed: 1 }));
// @ts-expect-error codes are strings
new EquipoiseError(1, 'message');
