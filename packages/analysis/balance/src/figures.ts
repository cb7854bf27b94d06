import type { ReportFigure } from '@equipoise/spec';

/** One point of a curve over noise, in percent. */
export interface CurvePoint {
  /** The training. */
  readonly row: string;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  /** `balance`, or the name of a group. */
  readonly measure: string;
  /** Mean over seeds. */
  readonly mean: number;
  /** Mean minus one standard deviation over seeds. */
  readonly low: number;
  /** Mean plus one standard deviation over seeds. */
  readonly high: number;
}

const sigmaAxis = { field: 'sigma', type: 'quantitative', title: 'noise σ' } as const;

function curves(title: string): Record<string, unknown>[] {
  const colour = { field: 'row', type: 'nominal', title: 'training', sort: null };
  const y = { type: 'quantitative', scale: { domain: [0, 100] } };
  return [
    {
      mark: { type: 'area', opacity: 0.15 },
      encoding: { x: sigmaAxis, y: { ...y, field: 'low', title }, y2: { field: 'high' }, color: colour },
    },
    {
      mark: { type: 'line', point: true },
      encoding: { x: sigmaAxis, y: { ...y, field: 'mean', title }, color: colour },
    },
  ];
}

/** Balance over noise, one curve a training. */
export function balanceFigure(points: readonly CurvePoint[]): ReportFigure {
  const values = points.filter(({ measure }) => measure === 'balance');
  return {
    title: 'Balance over noise',
    spec: { data: { values }, width: 520, height: 300, layer: curves('balance (%)') },
    ...(values.some(({ low, high }) => high > low) ? { note: 'Bands: one standard deviation over seeds.' } : {}),
  };
}

/** Accuracy over noise in the four groups, one panel a group. */
export function accuracyFigure(points: readonly CurvePoint[], groups: readonly string[]): ReportFigure {
  const values = points.filter(({ measure }) => groups.includes(measure));
  return {
    title: 'Accuracy over noise in the four groups',
    spec: {
      data: { values },
      facet: { field: 'measure', type: 'nominal', title: null, sort: [...groups] },
      columns: 2,
      spec: { width: 260, height: 170, layer: curves('accuracy (%)') },
    },
  };
}
