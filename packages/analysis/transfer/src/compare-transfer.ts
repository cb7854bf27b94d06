import type { Cell, ComparisonEntry, Report, ReportFigure, ReportTable } from '@equipoise/spec';
import type { TransferData } from './transfer-data.js';
import { correlateTransfer, type TransferMode } from './transfer-matrix.js';
import { accuracyName, percent } from './transfer-report.js';

interface Row {
  readonly row: string;
  readonly runs: readonly TransferData[];
}

function rowsOf(entries: readonly ComparisonEntry[]): Row[] {
  return [...new Set(entries.map(({ row }) => row))].map((row) => ({
    row,
    runs: entries.filter((entry) => entry.row === row).map(({ report }) => report.data as unknown as TransferData),
  }));
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Mean over seeds of the rate from one model to another, by their places. */
function rateOf({ runs }: Row, mode: TransferMode, source: number, target: number): number | null {
  return meanOf(runs.map(({ modes }) => modes.find((one) => one.mode === mode)?.cells[source]?.[target]?.rate ?? null));
}

const accuracyOf = ({ runs }: Row) => meanOf(runs.map(({ accuracies }) => accuracies[0] ?? null));

function tableOf(mode: TransferMode, rows: readonly Row[], first: TransferData): ReportTable {
  const others = first.models.slice(1);
  const rate = (key: string, label: string) => ({ key, label, unit: '%', digits: 1 });
  return {
    title: `Transfer, ${mode}`,
    columns: [
      { key: 'row', label: 'training' },
      rate('accuracy', accuracyName[first.accuracyOf]),
      ...others.map((name, index) => rate(`from ${index + 1}`, `fooled by examples of ${name}`)),
      ...others.map((name, index) => rate(`to ${index + 1}`, `its examples fool ${name}`)),
    ],
    rows: rows.map((row): Record<string, Cell> => ({
      row: row.row,
      accuracy: percent(accuracyOf(row)),
      ...Object.fromEntries(
        others.flatMap((_, index) => [
          [`from ${index + 1}`, percent(rateOf(row, mode, index + 1, 0))],
          [`to ${index + 1}`, percent(rateOf(row, mode, 0, index + 1))],
        ]),
      ),
    })),
    note: 'Shares of the samples that both models get right when clean; means over seeds.',
  };
}

function correlationTable(modes: readonly TransferMode[], rows: readonly Row[], first: TransferData): ReportTable {
  return {
    title: 'Correlation of transfer with accuracy',
    columns: [
      { key: 'source', label: 'made on' },
      { key: 'mode', label: 'mode' },
      { key: 'trainings', label: 'trainings', digits: 0 },
      { key: 'pearson', label: 'Pearson', digits: 2 },
      { key: 'spearman', label: 'Spearman', digits: 2 },
    ],
    rows: modes.flatMap((mode) =>
      first.models.slice(1).map((source, index) => {
        const { models, pearson, spearman } = correlateTransfer(
          rows.map((row) => rateOf(row, mode, index + 1, 0)),
          rows.map(accuracyOf),
        );
        return { source, mode, trainings: models, pearson, spearman };
      }),
    ),
    note:
      `Over trainings: the share that examples of one model fool, with the ${accuracyName[first.accuracyOf]} of the training. ` +
      'Empty for fewer than three trainings. Models that learn features better are fooled more by what uses them (Ilyas et al. 2019, section 3.3).',
  };
}

function figureOf(mode: TransferMode, rows: readonly Row[], first: TransferData): ReportFigure {
  const values = rows.flatMap((row) =>
    first.models.slice(1).map((source, index) => ({
      training: row.row,
      source,
      accuracy: percent(accuracyOf(row)),
      rate: percent(rateOf(row, mode, index + 1, 0)),
    })),
  );
  const x = {
    field: 'accuracy',
    type: 'quantitative',
    title: `${accuracyName[first.accuracyOf]} (%)`,
    scale: { zero: false },
  };
  const y = { field: 'rate', type: 'quantitative', title: 'fooled (%)' };
  const color = { field: 'source', type: 'nominal', title: 'made on', sort: null };
  return {
    title: `Transfer and accuracy, ${mode}`,
    spec: {
      data: { values },
      width: 520,
      height: 300,
      encoding: { x, y },
      layer: [
        { mark: { type: 'point', filled: true, size: 60 }, encoding: { color } },
        { mark: { type: 'text', dy: -10 }, encoding: { text: { field: 'training', type: 'nominal' } } },
      ],
    },
  };
}

function sentenceOf({ source, mode, spearman, trainings }: Readonly<Record<string, Cell>>): string[] {
  if (typeof spearman !== 'number') return [];
  return [
    `Over ${trainings} trainings, how many examples of ${source} (${mode}) fool a training has a rank correlation of ${spearman.toFixed(2)} with its accuracy.`,
  ];
}

/** Puts trainings side by side: how far examples of the same other models move to each, against its accuracy. */
export function compareTransfer(entries: readonly ComparisonEntry[]): Report {
  const rows = rowsOf(entries);
  const first = rows[0]?.runs[0];
  const modes = first?.modes.map(({ mode }) => mode) ?? [];
  const correlations = first === undefined ? undefined : correlationTable(modes, rows, first);
  return {
    reportVersion: 1,
    title: 'Transfer',
    summary: (correlations?.rows ?? []).flatMap(sentenceOf),
    tables:
      first === undefined || correlations === undefined
        ? []
        : [...modes.map((mode) => tableOf(mode, rows, first)), correlations],
    figures: first === undefined ? [] : modes.map((mode) => figureOf(mode, rows, first)),
    images: [],
    data: { rows: rows.map(({ row, runs }) => ({ row, accuracy: accuracyOf({ row, runs }), runs: runs.length })) },
  };
}
