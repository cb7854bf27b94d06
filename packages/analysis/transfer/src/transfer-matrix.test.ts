import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlateTransfer, transferMatrix } from './transfer-matrix.js';

describe('transferMatrix', () => {
  const labels = [0, 1, 2, 2];
  const clean = [
    [0, 1, 2, 2],
    [0, 1, 2, 0],
  ];
  const adversarial = [
    [
      [1, 2, 2, 0],
      [1, 1, 2, 0],
    ],
    [
      [0, 1, 2, 2],
      [1, 0, 0, 0],
    ],
  ];

  test('counts over samples that both get right', () => {
    const cells = transferMatrix({ labels, clean, adversarial });
    expect(cells[0]?.[0]).toEqual({ both: 4, fooled: 3, rate: 3 / 4, rateOfSuccessful: 1 });
    expect(cells[0]?.[1]).toEqual({ both: 3, fooled: 1, rate: 1 / 3, rateOfSuccessful: 1 / 2 });
    expect(cells[1]?.[0]).toEqual({ both: 3, fooled: 0, rate: 0, rateOfSuccessful: 0 });
    expect(cells[1]?.[1]).toEqual({ both: 3, fooled: 3, rate: 1, rateOfSuccessful: 1 });
  });

  test('with targets, only the class that was aimed at counts', () => {
    const cells = transferMatrix({ labels, clean, adversarial, targets: [1, 2, 0, 0] });
    expect(cells[0]?.[1]).toMatchObject({ both: 3, fooled: 1 });
    expect(cells[1]?.[1]).toMatchObject({ both: 3, fooled: 2 });
  });

  test('a model that is never right has no rate', () => {
    const [[cell]] = transferMatrix({ labels: [0], clean: [[1]], adversarial: [[[1]]] }) as [[unknown]];
    expect(cell).toEqual({ both: 0, fooled: 0, rate: null, rateOfSuccessful: null });
  });

  test('rates are shares, and samples that both get right are symmetric', () => {
    const classes = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(classes, classes, classes, classes, classes, (truth, a, b, c, d) => {
        const cells = transferMatrix({
          labels: truth,
          clean: [a, b],
          adversarial: [
            [c, d],
            [d, c],
          ],
        });
        expect(cells[0]?.[1]?.both).toBe(cells[1]?.[0]?.both);
        for (const { rate } of cells.flat()) expect(rate === null || (rate >= 0 && rate <= 1)).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

describe('correlateTransfer', () => {
  test('leaves out pairs that are not known', () => {
    expect(correlateTransfer([0.1, null, 0.2, 0.9], [0.5, 0.6, 0.7, 0.8])).toMatchObject({
      models: 3,
      spearman: expect.closeTo(1, 12),
    });
  });

  test('says nothing about two models, or about equal values', () => {
    expect(correlateTransfer([0.1, 0.2], [0.5, 0.6])).toEqual({ models: 2, pearson: null, spearman: null });
    expect(correlateTransfer([0.1, 0.1, 0.1], [0.5, 0.6, 0.7])).toEqual({ models: 3, pearson: null, spearman: null });
  });
});
