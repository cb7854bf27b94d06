import { type Attack, type AttackProblem, DataError, ShapeError, UnsupportedError } from '@equipoise/spec';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { checkLabels, sameShape } from '../datasets/check-data.js';

/**
 * Checks that an attack can work on a problem.
 *
 * @throws UnsupportedError if the attack cannot aim, or needs gradients or logits that the model has not
 * @throws ShapeError if `x`, `labels`, `targets` and `sampleIndices` do not fit together and to the model
 * @throws DataError if there are no inputs, an input is out of bounds, or a label is not one of the model's classes
 */
export async function checkAttackProblem(attack: Attack, problem: AttackProblem): Promise<void> {
  const { model, x, labels, targets, sampleIndices } = problem;
  if (targets && !attack.supports.targeted) throw new UnsupportedError('The problem', 'target classes', 'the attack');
  if (attack.supports.gradients && !model.supports.gradients) {
    throw new UnsupportedError('The attack', 'gradients with respect to the input', 'the model');
  }
  if (!problem.criterion && !model.supports.logits) {
    throw new UnsupportedError('A problem without a criterion', 'logits', 'the model');
  }
  const batch = x.shape[0] ?? 0;
  if (!sameShape(x.shape.slice(1), model.inputShape)) throw new ShapeError('x', [null, ...model.inputShape], x.shape);
  if (batch === 0) throw new DataError('There are no inputs to attack.');
  if (sampleIndices.length !== batch) throw new ShapeError('sampleIndices', [batch], [sampleIndices.length]);
  await checkClasses('labels', labels, batch, model.classes);
  if (targets) await checkClasses('targets', targets, batch, model.classes);
  await checkInputs(problem);
}

async function checkClasses(name: string, labels: Tensor1D, batch: number, classes = Infinity): Promise<void> {
  if (!sameShape(labels.shape, [batch])) throw new ShapeError(name, [batch], labels.shape);
  if (labels.dtype !== 'int32') throw new DataError(`"${name}" is ${labels.dtype}; expected int32.`);
  checkLabels(await labels.data(), classes, `"${name}"`);
}

async function checkInputs({ x, model }: AttackProblem): Promise<void> {
  const [low, high] = model.bounds.map(Math.fround) as [number, number];
  const values = await x.data();
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!(value >= low && value <= high)) {
      throw new DataError(`x holds ${value} at value ${index}; the model takes [${low}, ${high}].`, { index, value });
    }
  }
}
