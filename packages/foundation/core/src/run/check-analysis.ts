import { type Analysis, DataError, type Dataset, type Model, UnsupportedError } from '@equipoise/spec';

/**
 * Checks that what an analysis needs is there, before anything is trained or looked at.
 *
 * @param analysis the analysis
 * @param dataset what it will look at
 * @param model the model that it will look at
 * @param name the analysis, as it shall stand in the message
 * @throws UnsupportedError if the model has no logits, DataError if the data set lacks a split
 */
export function checkAnalysis(analysis: Analysis, { info }: Dataset, model: Model, name = 'The analysis'): void {
  const { needs } = analysis;
  if (needs === undefined) return;
  if (needs.logits && !model.supports.logits) throw new UnsupportedError(name, 'logits', 'the model');
  const missing = needs.splits.filter((split) => !info.splits.includes(split));
  if (missing.length === 0) return;
  const [wanted, available] = [missing, info.splits].map((names) => names.map((split) => `"${split}"`).join(', '));
  throw new DataError(`${name} needs the split ${wanted}; the data set "${info.name}" has ${available}.`, {
    dataset: info.name,
    missing,
    available: info.splits,
  });
}
