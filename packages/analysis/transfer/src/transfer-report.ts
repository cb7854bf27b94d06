import type { Cell, Report, ReportFigure, ReportTable } from '@equipoise/spec';
import type { ModeData, TransferData } from './transfer-data.js';

/** A share as a percentage. */
export const percent = (share: number | null): number | null => (share === null ? null : 100 * share);

/** What the accuracy that rates are correlated with is, in words. */
export const accuracyName: Readonly<Record<TransferData['accuracyOf'], string>> = {
  given: 'accuracy, given',
  features: 'accuracy on the features',
  clean: 'clean accuracy',
};

const meaning: Readonly<Record<ModeData['mode'], string>> = {
  untargeted: 'are taken for another class',
  targeted: 'are taken for the class that was aimed at',
};

function matrixTable({ mode, cells }: ModeData, { models }: TransferData): ReportTable {
  return {
    title: `Transfer, ${mode}`,
    columns: [
      { key: 'source', label: 'made on' },
      ...models.map((name, target) => ({ key: `to ${target}`, label: `fools ${name}`, unit: '%', digits: 1 })),
    ],
    rows: models.map((name, source) => ({
      source: name,
      ...Object.fromEntries(
        models.map((_, target) => [`to ${target}`, percent(cells[source]?.[target]?.rate ?? null)]),
      ),
    })),
    note: `Share of the samples that both models get right when clean whose adversarial examples ${meaning[mode]}.`,
  };
}

function matrixFigure({ mode, cells }: ModeData, { models }: TransferData): ReportFigure {
  const values = models.flatMap((source, row) =>
    models.map((target, column) => ({ source, target, rate: percent(cells[row]?.[column]?.rate ?? null) })),
  );
  const x = { field: 'target', type: 'nominal', title: 'fools', sort: null, axis: { labelAngle: -30 } };
  const y = { field: 'source', type: 'nominal', title: 'made on', sort: null };
  const text = { field: 'rate', type: 'quantitative', format: '.0f' };
  const size = Math.min(480, 80 * models.length);
  return {
    title: `Transfer of adversarial examples, ${mode}`,
    spec: {
      data: { values },
      width: size,
      height: Math.min(400, 50 * models.length),
      encoding: { x, y },
      layer: [
        {
          mark: 'rect',
          encoding: {
            color: {
              field: 'rate',
              type: 'quantitative',
              title: 'fooled (%)',
              scale: { domain: [0, 100], scheme: 'blues' },
            },
          },
        },
        {
          mark: { type: 'text' },
          encoding: {
            text,
            color: { condition: { test: 'datum.rate > 55', value: 'white' }, value: 'black' },
          },
        },
      ],
    },
  };
}

function modelTable(data: TransferData): ReportTable {
  const rows = data.models.map((name, index): Record<string, Cell> => ({
    model: name,
    clean: percent(data.cleanAccuracies[index] ?? null),
    ...(data.accuracyOf === 'clean' ? {} : { accuracy: percent(data.accuracies[index] ?? null) }),
    ...Object.fromEntries(
      data.modes.flatMap(({ mode, correlations }) => [
        [`pearson ${mode}`, correlations[index]?.pearson ?? null],
        [`spearman ${mode}`, correlations[index]?.spearman ?? null],
      ]),
    ),
  }));
  return {
    title: 'Models, and how transfer goes along with accuracy',
    columns: [
      { key: 'model', label: 'model' },
      { key: 'clean', label: 'clean accuracy', unit: '%', digits: 1 },
      ...(data.accuracyOf === 'clean'
        ? []
        : [{ key: 'accuracy', label: accuracyName[data.accuracyOf], unit: '%', digits: 1 }]),
      ...data.modes.flatMap(({ mode }) => [
        { key: `pearson ${mode}`, label: `Pearson, ${mode}`, digits: 2 },
        { key: `spearman ${mode}`, label: `Spearman, ${mode}`, digits: 2 },
      ]),
    ],
    rows,
    note:
      `Correlations, for each model on which examples are made: over the other models, of the share that is fooled with the ${accuracyName[data.accuracyOf]} ` +
      'of the model that is fooled; empty for fewer than three.',
  };
}

function sentencesOf({ mode, cells, correlations }: ModeData, { models, accuracyOf }: TransferData): string[] {
  const rates = models.flatMap((_, index) => (index === 0 ? [] : (cells[0]?.[index]?.rate ?? [])));
  if (rates.length === 0) return [];
  const [least, most] = [Math.min(...rates), Math.max(...rates)].map((rate) => (100 * rate).toFixed(1));
  const spearman = correlations[0]?.spearman ?? null;
  const correlated =
    spearman === null ? '' : ` Spearman's correlation with the ${accuracyName[accuracyOf]} is ${spearman.toFixed(2)}.`;
  return [`Examples made on ${models[0]} (${mode}) fool ${least} to ${most} % on other models.${correlated}`];
}

/** The report of one model among others. */
export function transferReport(data: TransferData): Report {
  return {
    reportVersion: 1,
    title: `Transfer from and to ${data.models[0]}`,
    summary: data.modes.flatMap((mode) => sentencesOf(mode, data)),
    tables: [...data.modes.map((mode) => matrixTable(mode, data)), modelTable(data)],
    figures: data.modes.map((mode) => matrixFigure(mode, data)),
    images: [],
    data: { ...data },
  };
}
