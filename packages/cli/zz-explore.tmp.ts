import { node } from '@equipoise/backend-node';
import { createContext, evaluate, fit, runAttack } from '@equipoise/core';
import { cifar10 } from '@equipoise/dataset-cifar';
import { cnn } from '@equipoise/model-vision';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { supervised } from '@equipoise/trainer-supervised';
import { relabel } from '@equipoise/attack-adversarial-relabel';
const args = JSON.parse(process.argv[2] ?? '{}');
await node().doActivate();
const dataset = cifar10({ dataDir: '/work/shared/data/cifar-10-batches-bin', classes: ['dog', 'cat'] });
const train = async (data: any, seed: number, o: any) => {
  const context = createContext({ seed });
  const model = cnn({
    inputShape: [32, 32, 3],
    classes: 2,
    seed,
    normalization: 'batch',
    convolutions: o.convolutions,
    dense: o.dense,
    mean: 0.47,
    std: 0.25,
  });
  const t = Date.now();
  await fit({
    model,
    dataset: data,
    loss: crossEntropyLoss(),
    context,
    trainer: supervised({
      epochs: o.epochs,
      batchSize: o.batch ?? 128,
      optimizer: {
        name: 'adam',
        learningRate: { schedule: 'linear', learningRate: o.lr ?? 1e-3, finalLearningRate: 0 },
      },
      ...(o.flip ? { augmentation: o.flip } : {}),
    } as any),
  });
  const own = await evaluate(model, await data.split('train'));
  const test = await evaluate(model, await dataset.split('test'));
  console.log(
    'train',
    own.accuracy.toFixed(3),
    'test',
    test.accuracy.toFixed(3),
    ((Date.now() - t) / 1000).toFixed(0) + 's',
  );
  return model;
};
const conv = [{ channels: 16 }, { channels: 32 }, { channels: 64 }];
const o = { convolutions: conv, dense: [64], epochs: 8, ...args.train };
const model = await train(dataset, 1, o);
for (const targets of ['next', 'random'] as const) {
  const t = Date.now();
  const det = await relabel({ dataset, model, targets, folder: null, seed: 1, ...args.relabel });
  const split = await det.split('train');
  const { fields } = await split.examples(Int32Array.from({ length: split.size }, (_, i) => i));
  console.log(
    targets,
    'success',
    fields!.success!.reduce((a: number, b: number) => a + b, 0) / split.size,
    ((Date.now() - t) / 1000).toFixed(0) + 's',
  );
  await train(det, 2, { ...o, ...args.second });
}
