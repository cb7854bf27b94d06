import type { Report, ReportImageGrid } from '@equipoise/spec';
import { attackCurves, distanceFigure } from './figures.js';
import type { NormSummary, RobustnessData } from './robustness-data.js';
import type { AttackResult } from './run-attacks.js';
import type { CheckMeasurements } from './run-checks.js';
import { attackTable, checkTable, curveTable, percent, radiusName, timeTable, violationTable } from './tables.js';

function sentenceOf({ norm, attacks, worstCase }: NormSummary): string {
  const { eps, robustAccuracy } = worstCase;
  const under = attacks.length === 1 ? `Under ${attacks[0]}` : `Under the worst of ${attacks.length} attacks`;
  const shown = eps.length > 5 ? [1, (eps.length - 1) >> 1, eps.length - 1] : eps.map((_, index) => index).slice(1);
  const points = shown.map(
    (index) => `${percent(robustAccuracy[index] as number).toFixed(1)} % at eps = ${radiusName(eps[index] as number)}`,
  );
  return `${under} (${norm}), robust accuracy is ${points.join(', ')}.`;
}

function summaryOf(data: RobustnessData): string[] {
  const failed = data.checks.filter(({ outcome }) => outcome === 'fail');
  const names = [...new Set(failed.map(({ check }) => check))].join(', ');
  return [
    `Clean accuracy is ${percent(data.cleanAccuracy).toFixed(1)} % over ${data.samples} samples of the split "${data.split}".`,
    ...data.norms.map(sentenceOf),
    ...(failed.length > 0 ? [`These numbers may be too good: checks fail (${names}); see the table of checks.`] : []),
  ];
}

/** The report of one model. */
export function robustnessReport(
  name: string,
  data: RobustnessData,
  results: readonly AttackResult[],
  measured: CheckMeasurements | undefined,
  images: readonly ReportImageGrid[],
): Report {
  const violations = violationTable(data.attacks);
  return {
    reportVersion: 1,
    title: `Robustness of ${name}`,
    summary: summaryOf(data),
    tables: [
      ...data.norms.map((norm) => curveTable(norm, data)),
      attackTable(data),
      checkTable(data.checks),
      ...(violations === undefined ? [] : [violations]),
    ],
    figures: data.norms.flatMap((norm) => {
      const distances = distanceFigure(norm, data);
      return distances === undefined ? [attackCurves(norm, data)] : [attackCurves(norm, data), distances];
    }),
    images,
    circumstances: [timeTable(results, measured)],
    data: { ...data },
  };
}
