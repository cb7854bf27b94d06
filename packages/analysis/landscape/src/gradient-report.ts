import type { Report, ReportImage, ReportImageGrid, ReportTable } from '@equipoise/spec';

/** One image and its gradients, row-major. */
export interface SeenGradient {
  readonly label: number;
  readonly input: readonly number[];
  /** Of the cross-entropy. */
  readonly gradient: readonly number[];
  /** Of the margin of the true class. */
  readonly margin: readonly number[];
}

/** What is shown and how. */
export interface GradientPictures {
  /** Shape of an input; pictures are shown for height, width, and one or three channels. */
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  /** How many are shown. */
  readonly shown: number;
}

/** The numbers of the report. */
export interface GradientData {
  /** Mean cosine between image and gradient of the margin, without its sign. */
  readonly alignment: number;
  /** Its standard deviation over the images. */
  readonly spread: number;
  /** How many images have a gradient that is zero; they do not count. */
  readonly zero: number;
  /** How many images were looked at. */
  readonly images: number;
}

/** One training. */
export interface GradientEntry {
  readonly row: string;
  readonly seed: number;
  readonly report: Report;
  readonly data: GradientData;
}

/** The report of one training. */
export function gradientReport(name: string, seen: readonly SeenGradient[], pictures: GradientPictures): Report {
  const cosines = seen.map(({ input, margin }) => cosine(input, margin)).filter((value) => value !== undefined);
  const alignment = mean(cosines);
  const spread = Math.sqrt(mean(cosines.map((value) => (value - alignment) ** 2)));
  const data: GradientData = { alignment, spread, zero: seen.length - cosines.length, images: seen.length };
  return {
    reportVersion: 1,
    title: `Input gradients of ${name}`,
    summary: [
      `The gradient of the margin makes a cosine of ${alignment.toFixed(3)} with the image, on average over ${cosines.length} images.`,
    ],
    tables: [table([{ row: name, ...data }])],
    figures: [],
    images: grid(seen, pictures),
    data: { ...data },
  };
}

/** The reports of several trainings: the pictures of the first seed below one another, the alignment averaged over seeds. */
export function compareGradients(entries: readonly GradientEntry[]): Report {
  const rows = [...new Set(entries.map(({ row }) => row))];
  const groups = rows.map((row) => entries.filter((entry) => entry.row === row) as [GradientEntry, ...GradientEntry[]]);
  const averages = groups.map((group) => ({
    ...group[0].data,
    row: group[0].row,
    alignment: mean(group.map(({ data }) => data.alignment)),
    spread: mean(group.map(({ data }) => data.spread)),
  }));
  const first = groups.flatMap(([{ report }]) => report.images).at(0);
  const gradients = groups.flatMap(([{ row, report }]) =>
    report.images.flatMap((one) => one.rows.slice(1).map(({ images }) => ({ label: row, images }))),
  );
  return {
    reportVersion: 1,
    title: 'Input gradients',
    summary: [
      `Cosine between image and gradient of the margin: ${averages.map(({ row, alignment }) => `${row} ${alignment.toFixed(3)}`).join(', ')}.`,
    ],
    tables: [table(averages)],
    figures: [],
    images: first ? [{ ...first, rows: [first.rows[0]!, ...gradients] }] : [],
    data: { rows: averages },
  };
}

function table(rows: readonly (GradientData & { readonly row: string })[]): ReportTable {
  return {
    title: 'Alignment of input gradients',
    columns: [
      { key: 'row', label: 'training' },
      { key: 'alignment', label: 'alignment', digits: 3 },
      { key: 'spread', label: 'standard deviation', digits: 3 },
      { key: 'zero', label: 'zero gradients', digits: 0 },
    ],
    rows: rows.map(({ row, alignment, spread, zero }) => ({ row, alignment, spread, zero })),
    note: 'Mean of |⟨x, ∇m⟩| / (|x|·|∇m|) over the images, m the margin of the true class.',
  };
}

function grid(seen: readonly SeenGradient[], { shape, classes, shown }: GradientPictures): ReportImageGrid[] {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3)) return [];
  const chosen = spreadOver(seen, shown);
  const picture = (data: readonly number[]): ReportImage => ({
    width: width!,
    height: height!,
    channels,
    data: data.map(short),
  });
  return [
    {
      title: 'Gradient of the loss with respect to the image',
      columns: chosen.map(({ label }) => classes[label] ?? String(label)),
      rows: [
        { label: 'image', images: chosen.map(({ input }) => picture(input)) },
        { label: 'gradient', images: chosen.map(({ gradient }) => picture(visible(gradient))) },
      ],
      note: 'Gradients as (g − mean)/(3·std) + ½: grey is zero.',
    },
  ];
}

/** Images in turn from each class, in the order of the classes. */
function spreadOver(seen: readonly SeenGradient[], count: number): SeenGradient[] {
  const turn = new Map<number, number>();
  const ranked = seen.map((one) => {
    const rank = turn.get(one.label) ?? 0;
    turn.set(one.label, rank + 1);
    return { one, rank };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.one.label - b.one.label);
  return ranked.slice(0, count).map(({ one }) => one);
}

/** (g − mean)/(3·std) + ½, cut off at [0, 1]; ½ where all entries are equal. */
export function visible(gradient: readonly number[]): number[] {
  const centre = mean(gradient);
  const deviation = Math.sqrt(mean(gradient.map((value) => (value - centre) ** 2)));
  const scaled = (value: number) => (deviation === 0 ? 0.5 : (value - centre) / (3 * deviation) + 0.5);
  return gradient.map((value) => Math.min(1, Math.max(0, scaled(value))));
}

function cosine(a: readonly number[], b: readonly number[]): number | undefined {
  const size = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const lengths = size(a) * size(b);
  if (lengths === 0) return undefined;
  return Math.abs(a.reduce((sum, value, place) => sum + value * b[place]!, 0)) / lengths;
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const short = (value: number) => Math.round(value * 1000) / 1000;
