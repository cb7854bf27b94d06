import { checkLabels, sameShape } from '@equipoise/kit';
import {
  type Backend,
  DataError,
  type Dataset,
  type Loss,
  type Model,
  type RunContext,
  ShapeError,
  type Trainer,
  UnsupportedError,
} from '@equipoise/spec';

/** What shall be trained, how, and on what. */
export interface FitTask {
  /** How it is trained. */
  readonly trainer: Trainer;
  /** What is trained, in place. */
  readonly model: Model;
  /** What it is trained on: its split `train`. */
  readonly dataset: Dataset;
  /** What is minimised. */
  readonly loss: Loss;
  /** The backend that is active, if its capabilities shall be checked too. */
  readonly backend?: Backend | undefined;
}

/**
 * Checks that what a loss needs is supported by the trainer, the model and the backend, and that the data fit the model.
 *
 * @throws UnsupportedError, ShapeError, DataError
 */
export async function checkTask(task: FitTask, context: RunContext): Promise<void> {
  checkCapabilities(task);
  checkDatasetFitsModel(task.dataset, task.model);
  const { logits, labels } = task.loss.needs;
  if (logits && labels) checkClasses(task.dataset, task.model, context);
  if (!task.dataset.info.splits.includes('train')) {
    throw new DataError(
      `The data set "${task.dataset.info.name}" has no split "train"; it has: ${task.dataset.info.splits.join(', ') || 'none'}.`,
      { dataset: task.dataset.info.name, splits: task.dataset.info.splits },
    );
  }
  const split = await task.dataset.split('train');
  const subject = `The split "train" of the data set "${task.dataset.info.name}"`;
  if (split.size === 0) throw new DataError(`${subject} has no examples.`, { dataset: task.dataset.info.name });
  checkLabels(split.labels, task.dataset.info.classes.length, subject);
}

function checkCapabilities({ loss, model, trainer, backend }: FitTask): void {
  const { needs } = loss;
  if (needs.logits && !model.supports.logits) throw new UnsupportedError('The loss', 'logits', 'the model');
  const views = trainer.supports?.views ?? 1;
  if (needs.views > views) {
    throw new UnsupportedError('The loss', `${needs.views} views of each example`, `the trainer (it gives ${views})`);
  }
  if (needs.gradientOrder === 2) {
    if (!model.supports.secondOrder) throw new UnsupportedError('The loss', 'second-order gradients', 'the model');
    if (backend && !backend.capabilities.secondOrder) {
      throw new UnsupportedError('The loss', 'second-order gradients', `the backend "${backend.tfjsName}"`);
    }
  }
  if (backend && !backend.capabilities.training) {
    throw new UnsupportedError('The trainer', 'gradients of weights', `the backend "${backend.tfjsName}"`);
  }
  if (model.variables.size + loss.variables.size === 0) {
    throw new UnsupportedError('The trainer', 'variables that it can train', 'the model');
  }
}

/**
 * Checks that examples of a data set can be put into a model.
 *
 * @throws ShapeError if the shapes differ
 * @throws DataError if the data reach beyond the model's bounds
 */
export function checkDatasetFitsModel(dataset: Dataset, model: Model): void {
  const { name, inputShape, bounds } = dataset.info;
  if (!sameShape(inputShape, model.inputShape)) {
    throw new ShapeError(`An example of the data set "${name}"`, model.inputShape, inputShape);
  }
  if (bounds[0] < model.bounds[0] || bounds[1] > model.bounds[1]) {
    throw new DataError(
      `The data set "${name}" has values in [${bounds.join(', ')}]; the model takes [${model.bounds.join(', ')}].`,
      { dataset: name, bounds, expected: model.bounds },
    );
  }
}

function checkClasses(dataset: Dataset, model: Model, context: RunContext): void {
  const classes = dataset.info.classes.length;
  if (model.classes === undefined || model.classes === classes) return;
  if (model.classes < classes) throw new ShapeError('A row of logits of the model', [classes], [model.classes]);
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_UNUSED_CLASSES',
    message: `The model has ${model.classes} classes, the data set "${dataset.info.name}" only ${classes}.`,
    details: { model: model.classes, dataset: classes },
  });
}
