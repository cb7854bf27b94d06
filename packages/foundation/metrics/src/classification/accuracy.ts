import { requireClasses, requireExamples } from '../checks/arrays.js';

/** Labels and predictions of the same examples, in the same order. */
export interface Judged {
  /** The true classes, one an example: whole numbers from 0. */
  readonly labels: ArrayLike<number>;
  /** The predicted classes, one an example. */
  readonly predictions: ArrayLike<number>;
}

/**
 * The share of examples whose predicted class is the true one, from 0 to 1.
 *
 * @throws ShapeError if there is not one prediction for each label
 * @throws DataError if there are no examples, or a label or prediction is not a whole number from 0
 */
export function accuracy({ labels, predictions }: Judged): number {
  const count = labels.length;
  requireExamples('accuracy', count);
  requireClasses('labels', labels, count);
  requireClasses('predictions', predictions, count);
  let right = 0;
  for (let index = 0; index < count; index++) if (labels[index] === predictions[index]) right++;
  return right / count;
}
