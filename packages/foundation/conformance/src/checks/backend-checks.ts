import { inputGradients } from '@equipoise/autodiff';
import type { Backend } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, valuesOf } from '../compare.js';
import { checkContext, type Make } from '../context.js';

/** Makes the backend active, runs the body, and makes the one from before active again; nothing runs where it is not available. */
async function whileActive(make: Make<Backend>, body: (backend: Backend) => Promise<void>): Promise<void> {
  const backend = await make(checkContext());
  if (!(await backend.doProbe()).available) return;
  const before = tf.getBackend();
  await backend.doActivate();
  try {
    await body(backend);
  } finally {
    if (before && before !== tf.getBackend()) await tf.setBackend(before);
  }
}

async function checkConvolutionGradient(expect: Expect): Promise<void> {
  // Σ conv(x, w) of a 3×3 image and a 2×2 filter without padding: dw_ij is the sum of x over the 2×2 window at (i, j).
  const filter = tf.variable(tf.ones([2, 2, 1, 1]));
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.conv2d(x, filter as unknown as tf.Tensor4D, 1, 'valid')) as tf.Scalar,
    [filter],
  );
  const gradient = Object.values(grads)[0] as tf.Tensor;
  expect(
    difference(await valuesOf(gradient), [12, 16, 24, 28]) < 1e-5,
    `the filter gradient is ${(await valuesOf(gradient)).join(', ')}, expected 12, 16, 24, 28`,
  );
  tf.dispose([filter, x, value, gradient]);
}

async function checkSecondOrder(expect: Expect): Promise<void> {
  // d/dx of (d/dx e^{2x})² = (2e^{2x})² is 16e^{4x}.
  const x = tf.tensor1d([0, 0.5]);
  const inner = (input: tf.Tensor) => inputGradients((z) => tf.exp(tf.mul(z, 2)) as tf.Tensor1D, input).gradients;
  const { values, gradients } = inputGradients((input) => tf.square(inner(input)) as tf.Tensor1D, x);
  const expected = [16, 16 * Math.exp(2)];
  const seen = await valuesOf(gradients);
  expect(
    difference(seen, expected) < 1e-4,
    `the second derivative is ${seen.join(', ')}, expected ${expected.join(', ')}`,
  );
  tf.dispose([x, values, gradients]);
}

/** Checks of a backend; where it is not available, only what it says about that is checked. */
export function backendChecks(make: Make<Backend>): Check[] {
  return [
    defineCheck('backend/probe', 'says whether it can be used here, and if not, how to get it', async (expect) => {
      const status = await (await make(checkContext())).doProbe();
      if (status.available) expect(status.device.length > 0 && status.version.length > 0, 'device or version is empty');
      else expect(status.reason.length > 0 && status.remedy.length > 0, 'reason or remedy is empty');
    }),
    defineCheck('backend/probe-changes-nothing', 'does not become active by being probed', async (expect) => {
      const before = tf.getBackend();
      await (await make(checkContext())).doProbe();
      expect(tf.getBackend() === before, `the active backend changed from ${before} to ${tf.getBackend()}`);
    }),
    defineCheck('backend/activates', 'becomes the active backend, also when asked twice', (expect) =>
      whileActive(make, async (backend) => {
        await backend.doActivate();
        expect(
          tf.getBackend() === backend.tfjsName,
          `the active backend is ${tf.getBackend()}, expected ${backend.tfjsName}`,
        );
      }),
    ),
    defineCheck('backend/computes', 'multiplies matrices', (expect) =>
      whileActive(make, async () => {
        const product = tf.tidy(() =>
          tf.matMul(
            tf.tensor2d([
              [1, 2],
              [3, 4],
            ]),
            tf.tensor2d([
              [5, 6],
              [7, 8],
            ]),
          ),
        );
        expect(
          difference(await valuesOf(product), [19, 22, 43, 50]) < 1e-6,
          `the product is ${(await valuesOf(product)).join(', ')}`,
        );
        product.dispose();
      }),
    ),
    defineCheck(
      'backend/trains-convolutions',
      'has the gradient of a convolution, where it says that it trains',
      (expect) =>
        whileActive(make, async ({ capabilities }) => {
          if (capabilities.training) await checkConvolutionGradient(expect);
        }),
    ),
    defineCheck('backend/second-order', 'has right second derivatives, where it says so', (expect) =>
      whileActive(make, async ({ capabilities }) => {
        if (capabilities.secondOrder) await checkSecondOrder(expect);
      }),
    ),
  ];
}
