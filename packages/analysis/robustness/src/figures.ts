import type { ReportFigure } from '@equipoise/spec';
import type { NormSummary, RobustnessData } from './robustness-data.js';
import { percent } from './tables.js';

const bins = 20;

/** One point of a curve over radii, in percent. */
export interface CurvePoint {
  /** The attack, or the training. */
  readonly series: string;
  /** The radius. */
  readonly eps: number;
  /** Robust accuracy, in a comparison the mean over seeds. */
  readonly accuracy: number;
  /** Mean minus one standard deviation over seeds. */
  readonly low?: number;
  /** Mean plus one standard deviation over seeds. */
  readonly high?: number;
}

/**
 * Robust accuracy against the radius, one line a series.
 *
 * @param title title of the figure
 * @param axis title of the horizontal axis
 * @param points points of all series, in the order of the legend
 * @param legend title of the legend
 */
export function curveFigure(title: string, axis: string, points: readonly CurvePoint[], legend: string): ReportFigure {
  const color = { field: 'series', type: 'nominal', title: legend, sort: null };
  const x = { field: 'eps', type: 'quantitative', title: axis };
  const y = { type: 'quantitative', title: 'robust accuracy (%)', scale: { domain: [0, 100] } };
  const bands = points.some(({ low, high }) => low !== undefined && high !== undefined && high > low);
  const band = {
    mark: { type: 'area', opacity: 0.15 },
    encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
  };
  const lines = { mark: { type: 'line', point: true }, encoding: { x, y: { ...y, field: 'accuracy' }, color } };
  return {
    title,
    spec: { data: { values: points }, width: 520, height: 300, layer: bands ? [band, lines] : [lines] },
    ...(bands ? { note: 'Bands: one standard deviation over seeds.' } : {}),
  };
}

/** The curves of the attacks of one norm. */
export function attackCurves({ norm, attacks, worstCase }: NormSummary, data: RobustnessData): ReportFigure {
  const mine = data.attacks.filter(({ name }) => attacks.includes(name));
  const series = [...mine, ...(mine.length > 1 ? [{ name: 'worst case', ...worstCase }] : [])];
  const points = series.flatMap(({ name, eps, robustAccuracy }) =>
    eps.map((radius, index) => ({
      series: name,
      eps: radius,
      accuracy: percent(robustAccuracy[index] as number),
    })),
  );
  return curveFigure(`Robust accuracy, ${norm}`, `eps (${norm})`, points, 'attack');
}

/** How far the samples that are right when clean were moved before they broke; nothing if none was broken. */
export function distanceFigure(
  { norm, attacks, worstCase }: NormSummary,
  data: RobustnessData,
): ReportFigure | undefined {
  const mine = data.attacks.filter(({ name }) => attacks.includes(name));
  const series = mine.length > 1 ? [...mine, { name: 'worst case', ...worstCase }] : mine;
  const broken = series.map(({ name, distances }) => ({
    name,
    found: distances.filter((distance): distance is number => distance !== null && distance > 0),
    never: distances.filter((distance) => distance === null).length,
  }));
  const largest = Math.max(0, ...broken.map(({ found }) => found.reduce((most, one) => Math.max(most, one), 0)));
  if (largest === 0) return undefined;
  const values = broken.flatMap(({ name, found }) => {
    const counts = new Array<number>(bins).fill(0);
    for (const one of found) {
      const bin = Math.min(Math.ceil((one / largest) * bins), bins) - 1;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((count, bin) => ({
      attack: name,
      distance: (largest * bin) / bins,
      to: (largest * (bin + 1)) / bins,
      share: percent(count / data.samples),
    }));
  });
  const x = { field: 'distance', type: 'quantitative', title: `distance (${norm})`, bin: { binned: true } };
  return {
    title: `Distances to the nearest broken input, ${norm}`,
    spec: {
      data: { values },
      facet: { field: 'attack', type: 'nominal', title: null, sort: broken.map(({ name }) => name) },
      columns: 2,
      spec: {
        width: 260,
        height: 150,
        mark: 'bar',
        encoding: { x, x2: { field: 'to' }, y: { field: 'share', type: 'quantitative', title: 'samples (%)' } },
      },
    },
    note: `Never broken: ${broken.map(({ name, never }) => `${percent(never / data.samples).toFixed(1)} % (${name})`).join(', ')}.`,
  };
}
