import { DataError, type DatasetInfo, type SplitName } from '@equipoise/spec';

/**
 * Refuses the name of a split that a data set does not have.
 *
 * @param info the data set's facts
 * @param name the split that was asked for
 * @throws DataError that lists the splits there are
 */
export function requireSplit(info: DatasetInfo, name: SplitName): void {
  if (info.splits.includes(name)) return;
  throw new DataError(`Data set "${info.name}" has no split "${name}"; it has ${info.splits.join(', ')}.`, {
    given: name,
    available: info.splits,
  });
}

/**
 * Refuses indices that a split does not have.
 *
 * @param where what is indexed, as it shall stand in the message, such as `split "train" of data set "mnist"`
 * @param size number of examples
 * @param indices what was asked for
 * @throws DataError that names the first index that is not a whole number from 0 to size − 1
 */
export function requireIndices(where: string, size: number, indices: ArrayLike<number>): void {
  for (let position = 0; position < indices.length; position++) {
    const index = indices[position] as number;
    if (Number.isInteger(index) && index >= 0 && index < size) continue;
    throw new DataError(
      `Index ${String(index)} (at position ${position}) is out of range for ${where}: expected 0 to ${size - 1}.`,
      { where, index, position, size },
    );
  }
}
