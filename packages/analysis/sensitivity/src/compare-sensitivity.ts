import type { ComparisonEntry, Report, ReportImageGrid, ReportTable } from '@equipoise/spec';
import {
  inputImage,
  mapImage,
  summaryCells,
  summaryColumns,
  summaryNote,
  type PictureData,
} from './sensitivity-report.js';
import { meanOf } from './statistics.js';
import type { SensitivityData } from './summarize.js';

type Data = SensitivityData & { readonly pictures: readonly PictureData[] };

function dataOf({ report }: ComparisonEntry): Data {
  return report.data as unknown as Data;
}

function comparisonTable(rows: readonly string[], entries: readonly ComparisonEntry[]): ReportTable {
  return {
    title: 'Sensitivity in the corners and elsewhere',
    columns: [{ key: 'row', label: 'training' }, ...summaryColumns],
    rows: rows.map((row) => {
      const cells = entries.filter((entry) => entry.row === row).map((entry) => summaryCells(dataOf(entry)));
      return {
        row,
        ...Object.fromEntries(summaryColumns.map(({ key }) => [key, meanOf(cells.map((cell) => cell[key] as number))])),
      };
    }),
    note: `${summaryNote} Means over seeds.`,
  };
}

function mapGrid(rows: readonly string[], entries: readonly ComparisonEntry[]): ReportImageGrid | undefined {
  const firsts = rows.flatMap((row) => entries.find((entry) => entry.row === row) ?? []);
  const [first] = firsts;
  if (first === undefined || dataOf(first).pictures.length === 0) return undefined;
  return {
    title: 'Utility and sensitivity maps beside the digits',
    columns: ['input', ...firsts.flatMap(({ row }) => [`${row}: u`, `${row}: s`])],
    rows: dataOf(first).pictures.map((picture, index) => ({
      images: [
        inputImage(picture),
        ...firsts.flatMap((entry) => {
          const one = dataOf(entry).pictures[index] ?? picture;
          return [mapImage(one.utility, one.inputShape), mapImage(one.sensitivity, one.inputShape)];
        }),
      ],
    })),
    note: 'u: contextual utility |∂ℓ/∂x|, s: contextual sensitivity ‖∂φ/∂x_j‖; each map has its own scale. Captions: the class. First seed.',
  };
}

function summaryOf(selectivities: readonly number[]): string {
  if (selectivities.length === 0) return 'No training has a selectivity; a group of labels has no images.';
  const [least, most] = [Math.min(...selectivities), Math.max(...selectivities)];
  return (
    `Selectivity lies between ${least.toFixed(2)} and ${most.toFixed(2)}; at 1, a model is ` +
    'no more sensitive to the corner where it matters than where it does not.'
  );
}

/** Puts the sensitivity of several trainings side by side: a table of means, the maps of the same images. */
export function compareSensitivity(entries: readonly ComparisonEntry[]): Report {
  const rows = [...new Set(entries.map(({ row }) => row))];
  const selectivities = rows.map((row) =>
    meanOf(entries.filter((entry) => entry.row === row).map((entry) => dataOf(entry).selectivity)),
  );
  const grid = mapGrid(rows, entries);
  return {
    reportVersion: 1,
    title: 'Contextual utility and sensitivity',
    summary: [summaryOf(selectivities.filter(Number.isFinite))],
    tables: [comparisonTable(rows, entries)],
    figures: [],
    images: grid === undefined ? [] : [grid],
    data: { rows: Object.fromEntries(rows.map((row, i) => [row, { selectivity: selectivities[i] }])) },
  };
}
