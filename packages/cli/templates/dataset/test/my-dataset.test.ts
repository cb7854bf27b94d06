import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { expect, test } from 'vitest';
import { myDataset, plugin } from '../src/index.js';

registerChecks({ test }, pluginChecks(plugin));

test('without noise a horizontal stripe is the same in every column, a vertical one in every row', async () => {
  const split = await myDataset({ size: 4, noise: 0 }).split('train');
  const { x } = await split.examples([0, 1]);
  const pixel = (image: number, row: number, column: number) => x[16 * image + 4 * row + column];
  for (const [row, column] of [
    [0, 1],
    [2, 3],
    [3, 0],
  ] as const) {
    expect(pixel(0, row, column)).toBe(pixel(0, row, 0));
    expect(pixel(1, row, column)).toBe(pixel(1, 0, column));
  }
});

test('stripes repeat after four pixels', async () => {
  const { x } = await (await myDataset({ size: 8, noise: 0 }).split('test')).examples([2]);
  // The sine is computed in float64 and rounded once to float32.
  expect(x[8 * 4 + 3]).toBeCloseTo(x[3] as number, 6);
});

test('another seed gives other images, and a size that is too small is refused', async () => {
  const image = async (seed: number) => (await (await myDataset({ seed }).split('train')).examples([0])).x;
  expect(await image(1)).not.toEqual(await image(2));
  expect(() => myDataset({ size: 2 })).toThrow(/dataset "my-dataset":\n {2}size/);
});
