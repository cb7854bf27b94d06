import { describe, expect, test } from 'vitest';
import { createResize } from './resize.js';

const image = (value: (row: number, column: number) => number) =>
  Float32Array.from({ length: 784 }, (_, pixel) => value(Math.floor(pixel / 28), pixel % 28));

describe('area', () => {
  test('from 28 to 14 is the mean of four pixels', () => {
    const small = createResize('area', 14, false)(image((row, column) => row * 28 + column));
    // Pixel (i, j) is the mean of rows 2i, 2i+1 and columns 2j, 2j+1: 28(2i + 1/2) + 2j + 1/2.
    expect(Array.from(small)).toEqual(
      Array.from({ length: 196 }, (_, pixel) => 28 * (2 * Math.floor(pixel / 14) + 0.5) + 2 * (pixel % 14) + 0.5),
    );
  });

  test('from 28 to 9 shares a pixel by the area that it covers', () => {
    // Target column 0 covers source columns 0, 1, 2 and 1/9 of column 3; column 1 covers the other 8/9 of it.
    const small = createResize('area', 9, false)(image((row, column) => (row === 0 && column === 3 ? 1 : 0)));
    const share = 1 / (28 / 9) ** 2;
    expect(small[0]).toBeCloseTo(share / 9, 7);
    expect(small[1]).toBeCloseTo((share * 8) / 9, 7);
    expect(Array.from(small.subarray(2))).toEqual(new Array(79).fill(0));
  });

  test('keeps the mean of the image', () => {
    const source = image((row, column) => ((row * 7 + column * 3) % 11) / 11);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(createResize('area', 9, false)(source))).toBeCloseTo(mean(source), 6);
  });
});

describe('bilinear', () => {
  test('keeps a linear ramp: pixel j of 7 lies at source position 4j + 1.5', () => {
    const small = createResize('bilinear', 7, false)(image((row, column) => row + 2 * column));
    expect(Array.from(small)).toEqual(
      Array.from({ length: 49 }, (_, pixel) => 4 * Math.floor(pixel / 7) + 1.5 + 2 * (4 * (pixel % 7) + 1.5)),
    );
  });
});

describe('rescaling', () => {
  test('makes the brightest pixel 1 and keeps the ratios', () => {
    const source = image((row, column) => (row < 14 ? 0.2 : 0.4) * (column < 14 ? 0.5 : 1));
    expect(Array.from(createResize('area', 2, true)(source))).toEqual(
      [0.25, 0.5, 0.5, 1].map((value) => expect.closeTo(value, 6)),
    );
  });

  test('leaves a black image black', () => {
    expect(Array.from(createResize('area', 3, true)(image(() => 0)))).toEqual(new Array(9).fill(0));
  });
});
