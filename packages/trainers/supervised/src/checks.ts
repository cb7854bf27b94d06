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
 * @throws ShapeError if the inputs have not the shape that the model takes
 * @throws DataError if the split is empty or a label is not one of the model's classes
 * @throws UnsupportedError if the model or this trainer lacks what the loss needs
 */
export function checkTask(model: Model, dataset: Dataset, split: Split, loss: Loss): void {
  checkInputShape(`An example of data set "${dataset.info.name}"`, model, dataset.info.inputShape);
  if (split.size === 0) {
    throw new DataError(`The split "train" of data set "${dataset.info.name}" is empty; training needs examples.`, {
      dataset: dataset.info.name,
      split: 'train',
    });
  }
  if (loss.needs.labels && model.classes !== undefined) checkLabels(split.labels, model.classes, dataset.info.name);
  checkNeeds(loss, model);
}

function checkInputShape(subject: string, model: Model, shape: readonly number[]): void {
  const same =
    shape.length === model.inputShape.length && shape.every((length, axis) => length === model.inputShape[axis]);
  if (!same) throw new ShapeError(subject, model.inputShape, shape);
}

function checkLabels(labels: Int32Array, classes: number, dataset: string): void {
  const index = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (index < 0) return;
  const label = labels[index]!;
  throw new DataError(
    `Example ${index} of data set "${dataset}" has label ${label}; the model has ${classes} classes, so labels must be 0 to ${classes - 1}.`,
    { dataset, index, label, classes },
  );
}

function checkNeeds(loss: Loss, model: Model): void {
  const { views, logits, gradientOrder } = loss.needs;
  if (views > 1)
    throw new UnsupportedError('The loss', `${views} augmented views of each example`, 'trainer "supervised"');
  if (logits && !model.supports.logits) throw new UnsupportedError('The loss', 'logits', 'the model');
  if (!model.supports.gradients) throw new UnsupportedError('Trainer "supervised"', 'gradients', 'the model');
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
