import type { Report, ReportImage, ReportTable, Subject } from '@equipoise/spec';
import type { ImageMaps } from './measure-maps.js';
import type { GroupSummary, SensitivityData } from './summarize.js';

/** The maps of one drawn image, as they stand in `report.data`. */
export interface PictureData {
  readonly index: number;
  readonly label: string;
  readonly x: readonly number[];
  readonly utility: readonly number[];
  readonly sensitivity: readonly number[];
  readonly inputShape: readonly number[];
}

/** The columns that the tables of one and of several models share. */
export const summaryColumns: ReportTable['columns'] = [
  { key: 'changingCorner', label: '0–4: s in corners', digits: 2 },
  { key: 'changingElsewhere', label: 'elsewhere', digits: 2 },
  { key: 'keepingCorner', label: '5–9: s in corners', digits: 2 },
  { key: 'keepingElsewhere', label: 'elsewhere', digits: 2 },
  { key: 'selectivity', label: 'selectivity', digits: 2 },
  { key: 'changingSpearman', label: 'Spearman(u, s) 0–4', digits: 2 },
  { key: 'keepingSpearman', label: '5–9', digits: 2 },
];

/** The cells of those columns. */
export function summaryCells(data: SensitivityData): Record<string, number> {
  const cells = (prefix: string, group: GroupSummary) => ({
    [`${prefix}Corner`]: group.sensitivity.corner,
    [`${prefix}Elsewhere`]: group.sensitivity.elsewhere,
    [`${prefix}Spearman`]: group.spearman,
  });
  return { ...cells('changing', data.changing), ...cells('keeping', data.keeping), selectivity: data.selectivity };
}

/** What the numbers mean, for below a table. */
export const summaryNote =
  's: mean sensitivity ‖∂φ/∂x_j‖ per pixel. Selectivity: (corners/elsewhere for 0–4) ÷ (corners/elsewhere for 5–9); above 1, the model ' +
  'reacts more to the corner where the corner matters. Spearman: mean over images of the rank correlation of utility and sensitivity.';

/** One map as a picture: several channels become their maximum, the range is [0, 99.5th percentile]. */
export function mapImage(values: readonly number[], inputShape: readonly number[], caption?: string): ReportImage {
  const [height = 1, width = 1, channels = 1] = inputShape;
  const data = Array.from({ length: height * width }, (_, pixel) =>
    Math.max(...values.slice(pixel * channels, (pixel + 1) * channels)),
  );
  const sorted = [...data].sort((a, b) => a - b);
  const high = sorted[Math.floor(0.995 * (sorted.length - 1))] ?? 1;
  return {
    width,
    height,
    channels: 1,
    data,
    range: [0, high > 0 ? high : 1],
    colormap: 'heat',
    ...(caption === undefined ? {} : { caption }),
  };
}

/** An input as a picture. */
export function inputImage({ x, inputShape, label }: PictureData): ReportImage {
  const [height = 1, width = 1, channels = 1] = inputShape;
  return { width, height, channels: channels === 3 ? 3 : 1, data: x, colormap: 'gray', caption: label };
}

const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toPrecision(3)));

function pictureData(image: ImageMaps, { dataset, model }: Subject): PictureData {
  return {
    index: image.index,
    label: dataset.info.classes[image.label] ?? String(image.label),
    x: rounded(image.x),
    utility: rounded(image.utility),
    sensitivity: rounded(image.sensitivity),
    inputShape: model.inputShape,
  };
}

function summaryOf({ changing, keeping, selectivity }: SensitivityData): string {
  if (changing.images === 0) return 'No selectivity: no image has one of the labels of the option "changing".';
  if (keeping.images === 0) return 'No selectivity: no image has one of the labels of the option "keeping".';
  return `Selectivity ${selectivity.toFixed(2)}: ratio of corner sensitivity between images where the corner matters and where it does not.`;
}

/** The report of one model. */
export function sensitivityReport(subject: Subject, data: SensitivityData, images: readonly ImageMaps[]): Report {
  const pictures = images.map((image) => pictureData(image, subject));
  return {
    reportVersion: 1,
    title: `Sensitivity of ${subject.name}`,
    summary: [summaryOf(data)],
    tables: [{ title: 'Sensitivity', columns: summaryColumns, rows: [summaryCells(data)], note: summaryNote }],
    figures: [],
    images: [
      {
        title: 'Utility and sensitivity',
        columns: ['input', 'utility u', 'sensitivity s'],
        rows: pictures.map((one) => ({
          images: [inputImage(one), mapImage(one.utility, one.inputShape), mapImage(one.sensitivity, one.inputShape)],
        })),
      },
    ],
    data: { ...data, pictures },
  };
}
