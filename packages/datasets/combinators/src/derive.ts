import { requireSplit } from '@equipoise/kit';
import type { Dataset, DatasetInfo, Split, SplitName } from '@equipoise/spec';

/** How a data set is made of another. */
export interface Derivation {
  /** Name of the component that makes it. */
  readonly operation: string;
  /** Its options without the data set, for the provenance. */
  readonly choices: Readonly<Record<string, unknown>>;
  /** Facts that change. */
  readonly changes?: Partial<DatasetInfo>;
  /** Opens a split of the new data set; the name is one of its own. */
  open(name: SplitName, where: string): Promise<Split>;
}

/** Makes a data set of another: the name stays, and the provenance says what was done to what. */
export function deriveDataset(dataset: Dataset, { operation, choices, changes, open }: Derivation): Dataset {
  const { name, provenance } = dataset.info;
  const of = provenance ? { name, provenance } : { name };
  const info: DatasetInfo = { ...dataset.info, ...changes, provenance: { operation, ...choices, of } };
  return {
    info,
    split: async (split) => {
      requireSplit(info, split);
      return open(split, `split "${split}" of data set "${name}" (${operation})`);
    },
  };
}
