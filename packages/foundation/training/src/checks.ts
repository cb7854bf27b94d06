import {
  DataError,
  ShapeError,
  UnsupportedError,
  type Dataset,
  type Examples,
  type Loss,
  type Model,
  type Split,
} from '@equipoise/spec';

/**
 * Checks before the first step that data, model and loss fit together.
 * @param trainer name of the trainer, for messages
 * @throws ShapeError if the inputs have not the shape that the model takes
 * @throws DataError if the split is empty or a label is not one of the model's classes
 * @throws UnsupportedError if the model or this trainer lacks what the loss needs
 */
export function checkTask(trainer: string, model: Model, dataset: Dataset, split: Split, loss: Loss): void {
  checkInputShape(`An example of data set "${dataset.info.name}"`, model, dataset.info.inputShape);
  checkExamples(`split "train" of data set "${dataset.info.name}"`, split, loss.needs.labels ? model : {});
  checkNeeds(trainer, loss, model);
}

/**
 * Checks before the first step that a model can be evaluated on a split.
 * @throws DataError if the split is empty or a label is not one of the model's classes
 * @throws UnsupportedError if the model has no logits
 */
export function checkEvaluation(model: Model, where: string, split: Split): void {
  if (!model.supports.logits) throw new UnsupportedError('Evaluation during training', 'logits', 'the model');
  checkExamples(where, split, model);
}

function checkExamples(where: string, split: Split, { classes }: Pick<Model, 'classes'>): void {
  if (split.size === 0) throw new DataError(`The ${where} is empty; at least one example is needed.`, { where });
  if (classes === undefined) return;
  const index = split.labels.findIndex((label) => !(label >= 0 && label < classes));
  if (index < 0) return;
  const label = split.labels[index]!;
  const message = `Example ${index} of ${where} has label ${label}; the model has ${classes} classes, so labels must be 0 to ${classes - 1}.`;
  throw new DataError(message, { where, index, label, classes });
}

function checkInputShape(subject: string, model: Model, shape: readonly number[]): void {
  const same =
    shape.length === model.inputShape.length && shape.every((length, axis) => length === model.inputShape[axis]);
  if (!same) throw new ShapeError(subject, model.inputShape, shape);
}

function checkNeeds(trainer: string, loss: Loss, model: Model): void {
  const { views, logits, gradientOrder } = loss.needs;
  if (views > 1)
    throw new UnsupportedError('The loss', `${views} augmented views of each example`, `trainer "${trainer}"`);
  if (logits && !model.supports.logits) throw new UnsupportedError('The loss', 'logits', 'the model');
  if (!model.supports.gradients) throw new UnsupportedError(`Trainer "${trainer}"`, 'gradients', 'the model');
  if (gradientOrder === 2 && !model.supports.secondOrder) {
    throw new UnsupportedError('The loss', 'second-order gradients', 'the model');
  }
}

/**
 * Checks a batch as it comes from the split.
 * @throws ShapeError if it has not the shape that the model takes
 * @throws DataError if a value is NaN or infinite; it names the example
 */
export function checkBatch(examples: Examples, model: Model, sampleIndices: ArrayLike<number>): void {
  checkInputShape('An example', model, examples.shape.slice(1));
  const { x } = examples;
  for (let place = 0; place < x.length; place++) {
    if (Number.isFinite(x[place])) continue;
    const index = sampleIndices[Math.floor((place * sampleIndices.length) / x.length)]!;
    throw new DataError(`Example ${index} contains ${x[place]}; inputs must be finite numbers.`, { index });
  }
}
