import type { Examples, ReportImage, ReportImageGrid, Subject } from '@equipoise/spec';
import type { Picture } from './chunk.js';
import type { Clean } from './clean.js';
import type { AttackResult } from './run-attacks.js';

type Shape = readonly [height: number, width: number, channels: 1 | 3];

/** The shape of inputs that can be drawn. */
function imageShape([height, width, channels, ...more]: readonly number[]): Shape | undefined {
  if (height === undefined || width === undefined || more.length > 0) return undefined;
  return channels === 1 || channels === 3 ? [height, width, channels] : undefined;
}

function image([height, width, channels]: Shape, data: readonly number[], caption: string): ReportImage {
  return { width, height, channels, data, caption };
}

/** A perturbation, scaled so that its largest value has full colour; zero is the middle. */
function difference(shape: Shape, from: readonly number[], to: readonly number[], caption: string): ReportImage {
  const moves = to.map((value, index) => value - (from[index] as number));
  const largest = moves.reduce((most, move) => Math.max(most, Math.abs(move)), 0) || 1;
  return {
    ...image(
      shape,
      moves.map((move) => rounded(move / largest)),
      caption,
    ),
    range: [-1, 1],
    colormap: 'diverging',
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** For each attack the first samples that it fooled: clean, after the attack, and what was changed. */
export async function pictureGrids(
  { model, dataset }: Subject,
  { split, labels }: Clean,
  results: readonly AttackResult[],
): Promise<ReportImageGrid[]> {
  const shape = imageShape(model.inputShape);
  if (shape === undefined) return [];
  const className = (label: number) => dataset.info.classes[label] ?? String(label);
  const grids: ReportImageGrid[] = [];
  for (const { attack, pictures } of results) {
    if (pictures.length === 0) continue;
    const clean = await split.examples(pictures.map(({ sample }) => sample));
    grids.push({
      title: `Examples of ${attack.name}`,
      columns: ['clean', 'adversarial', 'perturbation'],
      rows: pictures.map((picture, row) =>
        rowOf(shape, inputOf(clean, row), picture, attack.norm, (label) => className(label), labels),
      ),
      note: 'The first samples that the attack fools. Captions: class, predicted class, distance; each perturbation has its own scale.',
    });
  }
  return grids;
}

function inputOf({ x, shape }: Examples, row: number): number[] {
  const size = x.length / (shape[0] ?? 1);
  return Array.from(x.subarray(row * size, (row + 1) * size));
}

function rowOf(
  shape: Shape,
  clean: readonly number[],
  { sample, adversarial, predicted, distance }: Picture,
  norm: string,
  className: (label: number) => string,
  labels: Int32Array,
): ReportImageGrid['rows'][number] {
  return {
    label: `sample ${sample}`,
    images: [
      image(shape, clean.map(rounded), className(labels[sample] as number)),
      image(shape, adversarial.map(rounded), className(predicted)),
      difference(shape, clean, adversarial, `${norm} ${distance.toPrecision(3)}`),
    ],
  };
}
