/** Single packages in a page: the cpu and the wasm backend, arrays as data, a few steps. */
import { cpu } from '@equipoise/backend-cpu';
import { wasm } from '@equipoise/backend-wasm';
import { createContext, evaluate, fit } from '@equipoise/core';
import { fromArrays } from '@equipoise/dataset-combinators';
import { createRng } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { mlp } from '@equipoise/model-vision';
import type { Backend } from '@equipoise/spec';
import { supervised } from '@equipoise/trainer-supervised';

/** Sixty points in two classes, apart along the first axis. */
function points() {
  const labels = Int32Array.from({ length: 60 }, (_, i) => i % 2);
  const x = createRng('points').uniforms(120, 0, 0.4);
  labels.forEach((label, i) => (x[2 * i] = (x[2 * i] as number) + 0.5 * label));
  return fromArrays({
    inputShape: [2],
    classes: ['left', 'right'],
    bounds: [0, 1],
    x,
    labels,
    sizes: { train: 40, test: 20 },
  });
}

async function accuracyOn(backend: Backend): Promise<number> {
  await backend.doActivate();
  const dataset = points();
  const model = mlp({ inputShape: [2], hidden: [8], classes: 2 });
  const trainer = supervised({ steps: 60, batchSize: 20, optimizer: { name: 'adam', learningRate: 0.03 } });
  await fit({ trainer, model, dataset, loss: crossEntropyLoss(), context: createContext({ seed: 1 }) });
  return (await evaluate(model, await dataset.split('test'))).accuracy;
}

try {
  const accuracies = [
    await accuracyOn(cpu()),
    await accuracyOn(wasm({ wasmPaths: '/node_modules/@tensorflow/tfjs-backend-wasm/dist/' })),
  ];
  if (accuracies.some((accuracy) => accuracy < 0.9)) throw new Error(`accuracies ${accuracies.join(', ')}`);
  document.title = `done: test accuracy ${accuracies.join(' on cpu, ')} on wasm`;
} catch (error) {
  document.title = `failed: ${String(error)}`;
}
