import type { Norm, Report, ReportFigure, ReportTable } from '@equipoise/spec';

/** What was measured; the data of the report. */
export interface Landscape {
  /** Norm in which offsets are measured. */
  readonly norm: Norm;
  /** The largest offset. */
  readonly radius: number;
  /** Offsets along both directions. */
  readonly offsets: readonly number[];
  /** How many images were averaged over. */
  readonly images: number;
  /** Mean cross-entropy, rows along the random direction, columns along the attack's. */
  readonly losses: readonly (readonly number[])[];
}

/** The landscape of one training. */
export interface LandscapeEntry {
  readonly row: string;
  readonly seed: number;
  readonly landscape: Landscape;
}

const rounded = (value: number, digits = 4) => Number(value.toPrecision(digits));

/** The losses along one direction through the images themselves. */
function lines({ losses }: Landscape): { along: number[]; across: number[]; centre: number } {
  const middle = (losses.length - 1) / 2;
  const along = [...losses[middle]!];
  return { along, across: losses.map((row) => row[middle]!), centre: along[middle]! };
}

/** The report of one training. */
export function landscapeReport(name: string, landscape: Landscape): Report {
  const { along, across, centre } = lines(landscape);
  const { radius, norm, images } = landscape;
  return {
    reportVersion: 1,
    title: `Loss landscape of ${name}`,
    summary: [
      `Mean cross-entropy of ${images} images is ${centre.toFixed(3)}; ${radius} (${norm}) along the attack it is ${along.at(-1)!.toFixed(3)}, ` +
        `as far along a random direction ${across.at(-1)!.toFixed(3)}.`,
    ],
    tables: [table([{ row: name, seed: 0, landscape }])],
    figures: [heatMap([{ row: name, seed: 0, landscape }]), curves([{ row: name, seed: 0, landscape }])],
    images: [],
    data: { ...landscape },
  };
}

/** The reports of several trainings side by side, averaged over seeds. */
export function compareLandscapes(entries: readonly LandscapeEntry[]): Report {
  const rows = [...new Set(entries.map(({ row }) => row))];
  const means = rows.map((row) => meanOf(entries.filter((entry) => entry.row === row)));
  const ends = means.map(({ row, landscape }) => `${row} ${lines(landscape).along.at(-1)!.toFixed(3)}`);
  return {
    reportVersion: 1,
    title: 'Loss landscapes',
    summary: [`Mean cross-entropy at the end of the attack's direction: ${ends.join(', ')}.`],
    tables: [table(means)],
    figures: [curves(means), heatMap(means)],
    images: [],
    data: { rows: means.map(({ row, landscape }) => ({ row, ...landscape })) },
  };
}

function meanOf(entries: readonly LandscapeEntry[]): LandscapeEntry {
  const [first] = entries as [LandscapeEntry];
  const losses = first.landscape.losses.map((row, second) =>
    row.map(
      (_, place) => entries.reduce((sum, { landscape }) => sum + landscape.losses[second]![place]!, 0) / entries.length,
    ),
  );
  return { ...first, landscape: { ...first.landscape, losses } };
}

function table(entries: readonly LandscapeEntry[]): ReportTable {
  return {
    title: 'Loss at the image and at the radius',
    columns: [
      { key: 'row', label: 'training' },
      { key: 'centre', label: 'at the image', digits: 3 },
      { key: 'along', label: 'along the attack', digits: 3 },
      { key: 'across', label: 'along a random direction', digits: 3 },
    ],
    rows: entries.map(({ row, landscape }) => {
      const { along, across, centre } = lines(landscape);
      return { row, centre, along: along.at(-1)!, across: across.at(-1)! };
    }),
    note: 'Mean cross-entropy, in nats.',
  };
}

function curves(entries: readonly LandscapeEntry[]): ReportFigure {
  const values = entries.flatMap(({ row, landscape }) => {
    const { along, across } = lines(landscape);
    const line = (direction: string, losses: readonly number[]) =>
      losses.map((loss, place) => ({
        row,
        direction,
        offset: rounded(landscape.offsets[place]!),
        loss: rounded(loss),
      }));
    return [...line('attack', along), ...line('random', across)];
  });
  const x = { field: 'offset', type: 'quantitative', title: `offset (${entries[0]!.landscape.norm})` };
  return {
    title: 'Loss along the two directions',
    spec: {
      data: { values },
      facet: { field: 'direction', type: 'nominal', title: null },
      columns: 2,
      spec: {
        width: 300,
        height: 220,
        mark: { type: 'line' },
        encoding: {
          x,
          y: { field: 'loss', type: 'quantitative', title: 'cross-entropy' },
          color: { field: 'row', type: 'nominal', title: 'training', sort: null },
        },
      },
    },
  };
}

function heatMap(entries: readonly LandscapeEntry[]): ReportFigure {
  const values = entries.flatMap(({ row, landscape: { offsets, losses } }) =>
    losses.flatMap((line, second) =>
      line.map((loss, first) => ({
        ...{ row, attack: rounded(offsets[first]!), random: rounded(offsets[second]!), loss: rounded(loss) },
      })),
    ),
  );
  const { offsets, norm } = entries[0]!.landscape;
  const shown = [0, (offsets.length - 1) / 2, offsets.length - 1].map((place) => rounded(offsets[place]!));
  const axis = (title: string) => ({ type: 'ordinal', title, axis: { values: shown, labelAngle: 0 } });
  return {
    title: 'Loss around the images',
    spec: {
      data: { values },
      facet: { field: 'row', type: 'nominal', title: null, sort: entries.map(({ row }) => row) },
      columns: 2,
      spec: {
        width: 300,
        height: 300,
        mark: { type: 'rect' },
        encoding: {
          x: { field: 'attack', ...axis(`along the attack (${norm})`) },
          y: { field: 'random', ...axis('along a random direction'), sort: 'descending' },
          color: { field: 'loss', type: 'quantitative', title: 'cross-entropy', scale: { scheme: 'inferno' } },
        },
      },
    },
  };
}
