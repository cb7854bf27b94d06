import type { Cell, ReportTable } from '@equipoise/spec';
import type { CheckMeasurements } from './run-checks.js';
import type { CheckOutcome } from './judge-checks.js';
import type { AttackSummary, DistanceSummary, NormSummary, RobustnessData } from './robustness-data.js';
import type { AttackResult } from './run-attacks.js';

const shownViolations = 50;

const rate = (key: string, label: string) => ({ key, label, unit: '%', digits: 1 });

/** A share as a percentage. */
export const percent = (share: number): number => 100 * share;

/** A radius as it stands in headings and names. */
export const radiusName = (eps: number): string => String(Number(eps.toPrecision(4)));

function curveCells({ eps, robustAccuracy, meanRobustAccuracy, median }: DistanceSummary): Record<string, Cell> {
  return {
    ...Object.fromEntries(eps.map((radius, index) => [`at ${radius}`, percent(robustAccuracy[index] as number)])),
    mean: percent(meanRobustAccuracy),
    median: median ?? 'never',
  };
}

/** Robust accuracy of each attack of a norm, and of the worst case. */
export function curveTable({ norm, attacks, worstCase }: NormSummary, data: RobustnessData): ReportTable {
  const summaries = data.attacks.filter(({ name }) => attacks.includes(name));
  const rows = summaries.map((one): Record<string, Cell> => ({ attack: one.name, ...curveCells(one) }));
  if (summaries.length > 1) rows.push({ attack: 'worst case', ...curveCells(worstCase) });
  return {
    title: `Robust accuracy, ${norm}`,
    columns: [
      { key: 'attack', label: 'attack' },
      ...worstCase.eps.map((eps) => rate(`at ${eps}`, eps === 0 ? 'clean' : `eps\u00a0=\u00a0${radiusName(eps)}`)),
      rate('mean', 'mean over eps'),
      { key: 'median', label: 'median distance', digits: 4 },
    ],
    rows,
    note:
      `Share of all ${data.samples} samples of the split "${data.split}" that are right when clean and under attack; in the worst case, ` +
      'under every attack, sample by sample. A sample that is wrong when clean is not attacked and counts as broken at distance 0.',
  };
}

/** What each attack found and what it cost. */
export function attackTable({ attacks, samples }: RobustnessData): ReportTable {
  return {
    title: 'Attacks',
    columns: [
      { key: 'attack', label: 'attack' },
      { key: 'kind', label: 'kind' },
      rate('fooled', 'fooled'),
      { key: 'low', label: 'distance, 10 %', digits: 4 },
      { key: 'middle', label: '50 %', digits: 4 },
      { key: 'high', label: '90 %', digits: 4 },
      { key: 'forward', label: 'forward', digits: 1 },
      { key: 'backward', label: 'backward', digits: 1 },
      { key: 'violations', label: 'outside', digits: 0 },
    ],
    rows: attacks.map((one) => ({
      attack: one.name,
      kind: `${one.norm}, ${one.gradients ? 'gradients' : 'black box'}, ${one.hasRadius ? 'within eps' : 'nearest'}`,
      fooled: one.fooled === null ? null : percent(one.fooled),
      low: one.quantiles['0.1'] ?? 'never',
      middle: one.quantiles['0.5'] ?? 'never',
      high: one.quantiles['0.9'] ?? 'never',
      forward: one.forward / samples,
      backward: one.backward / samples,
      violations: one.violations.length,
    })),
    note:
      'Fooled, and the distances that so many do not exceed: of the samples that are right when clean. Forward and backward: passes of ' +
      'the model a sample of the split. Outside: inputs beyond the radius or the bounds, after rounding to float32; they do not count.',
  };
}

/** What should hold of a sound evaluation. */
export function checkTable(checks: readonly CheckOutcome[]): ReportTable {
  return {
    title: 'Checks',
    columns: [
      { key: 'check', label: 'check' },
      { key: 'norm', label: 'norm' },
      { key: 'outcome', label: 'outcome' },
      { key: 'detail', label: 'what was found' },
    ],
    rows: checks.map(({ check, norm, outcome, detail }) => ({ check, norm: norm ?? 'all', outcome, detail })),
    note: 'Robustness may be an illusion, or the attacks too weak, where a check fails (Athalye et al. 2018; Carlini et al. 2019).',
  };
}

/** The inputs that break what their attack promised. */
export function violationTable(attacks: readonly AttackSummary[]): ReportTable | undefined {
  const all = attacks.flatMap(({ name, violations }) => violations.map((one) => ({ attack: name, ...one })));
  if (all.length === 0) return undefined;
  return {
    title: 'Inputs outside of what the attack promised',
    columns: [
      { key: 'attack', label: 'attack' },
      { key: 'sample', label: 'sample', digits: 0 },
      { key: 'eps', label: 'eps' },
      { key: 'what', label: 'what is wrong' },
    ],
    rows: all.slice(0, shownViolations),
    note: `${all.length} in all${all.length > shownViolations ? `, of which the first ${shownViolations}` : ''}; none counts as success.`,
  };
}

/** How long it took. */
export function timeTable(results: readonly AttackResult[], measured: CheckMeasurements | undefined): ReportTable {
  const rows = results.map(({ attack, seconds }) => ({ what: attack.name, seconds }));
  return {
    title: 'Times',
    columns: [
      { key: 'what', label: 'attack' },
      { key: 'seconds', label: 'time', unit: 's', digits: 1 },
    ],
    rows: measured === undefined ? rows : [...rows, { what: 'checks', seconds: measured.seconds }],
    note: 'They differ from run to run and from machine to machine.',
  };
}
