import type { ImageMaps } from './measure-maps.js';
import type { ResolvedSensitivityOptions } from './options.js';
import { regionMeans } from './regions.js';
import { mapCorrelation, meanOf } from './statistics.js';

/** Means over the images of one group. */
export interface GroupSummary {
  /** Number of images. */
  readonly images: number;
  /** Mean utility over the pixels of the corner boxes, and elsewhere. */
  readonly utility: { readonly corner: number; readonly elsewhere: number };
  /** Mean sensitivity over the pixels of the corner boxes, and elsewhere. */
  readonly sensitivity: { readonly corner: number; readonly elsewhere: number };
  /** Mean over images of Spearman's rank correlation of utility and sensitivity over pixels; 0 for a constant map. */
  readonly spearman: number;
}

/** The numbers of one model, as they stand in `report.data`. */
export interface SensitivityData {
  /** Images whose label the corner changes. */
  readonly changing: GroupSummary;
  /** Images whose label the corner leaves alone. */
  readonly keeping: GroupSummary;
  /**
   * (corner / elsewhere of the changing group) ÷ (corner / elsewhere of the keeping group), of the mean sensitivity:
   * above 1 where the model is more sensitive to the corner when it matters; NaN where a group has no images.
   */
  readonly selectivity: number;
}

/** Gathers maps image by image, so that they need not be kept. */
class GroupMeans {
  private readonly utilities: { corner: number; elsewhere: number }[] = [];
  private readonly sensitivities: { corner: number; elsewhere: number }[] = [];
  private readonly correlations: number[] = [];

  /** @param mask ones inside the corner boxes */
  constructor(private readonly mask: Uint8Array) {}

  /** Adds the maps of one image. */
  add({ utility, sensitivity }: ImageMaps): void {
    this.utilities.push(regionMeans(utility, this.mask));
    this.sensitivities.push(regionMeans(sensitivity, this.mask));
    this.correlations.push(mapCorrelation(utility, sensitivity));
  }

  /** The means so far. */
  summary(): GroupSummary {
    const mean = (values: readonly { corner: number; elsewhere: number }[]) => ({
      corner: meanOf(values.map(({ corner }) => corner)),
      elsewhere: meanOf(values.map(({ elsewhere }) => elsewhere)),
    });
    return {
      images: this.correlations.length,
      utility: mean(this.utilities),
      sensitivity: mean(this.sensitivities),
      spearman: meanOf(this.correlations),
    };
  }
}

/** Sorts images into the two groups by label and sums them up. */
export async function summarize(
  maps: AsyncIterable<ImageMaps>,
  mask: Uint8Array,
  { changing, keeping }: ResolvedSensitivityOptions,
): Promise<SensitivityData> {
  const groups = { changing: new GroupMeans(mask), keeping: new GroupMeans(mask) };
  for await (const image of maps) {
    if (changing.includes(image.label)) groups.changing.add(image);
    else if (keeping.includes(image.label)) groups.keeping.add(image);
  }
  const summary = { changing: groups.changing.summary(), keeping: groups.keeping.summary() };
  const ratio = ({ sensitivity }: GroupSummary) => sensitivity.corner / sensitivity.elsewhere;
  return { ...summary, selectivity: ratio(summary.changing) / ratio(summary.keeping) };
}
