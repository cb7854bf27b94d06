import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { asSpeed, measure, type Measurement, type Timing } from '../measure.js';
import { median, toDigits } from '../statistics.js';
import { measuring, type Workload, type WorkloadTask } from '../workload.js';

interface Shape {
  readonly kernel: number;
  readonly channels: number;
}

/** Convolutions of stride 1 on 64 images of 32×32 (on cpu one of 16×16): the forward pass, the gradient of the input (dx) and of the filter (dw). */
export const conv: Workload = {
  name: 'conv',
  description: '3×3 and 5×5 convolutions of 16, 32, 64 channels: forward, dx, dw',
  run: async (task) => {
    const shapes = [3, 5].flatMap((kernel) => [16, 32, 64].map((channels) => ({ kernel, channels })));
    const measurements: Measurement[] = [];
    for (const shape of shapes) measurements.push(...(await convolution(shape, task)));
    return measurements;
  },
};

async function convolution({ kernel, channels }: Shape, task: WorkloadTask): Promise<Measurement[]> {
  const rng = createRng(0);
  const isSlow = task.backend === 'cpu';
  const [batch, side] = isSlow ? [1, 16] : [64, 32];
  const images: [number, number, number, number] = [batch, side, side, channels];
  const x = tf.tensor(rng.normals(tf.util.sizeFromShape(images)), images);
  const dy = tf.tensor(rng.normals(tf.util.sizeFromShape(images)), images);
  const filter = tf.tensor(rng.normals(kernel * kernel * channels * channels), [kernel, kernel, channels, channels]);
  const run = (name: string, inputs: tf.NamedTensorMap, shapes: tf.NamedAttrMap) => () => {
    const attributes: tf.NamedAttrMap = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC', ...shapes };
    tf.dispose(tf.engine().runKernel(name, inputs, attributes));
  };
  const timings = await measure(
    {
      forward: run(tf.Conv2D, { x, filter }, {}),
      dx: run(tf.Conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
      dw: run(tf.Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
    },
    measuring(task, { values: 9, warmUp: isSlow ? 1 : 2, limitSeconds: 20 }),
  );
  tf.dispose([x, dy, filter]);
  const gflop = (2 * batch * side * side * kernel * kernel * channels * channels) / 1e9;
  return (Object.entries(timings) as [string, Timing][]).map(([pass, timing]) => {
    const of = pass === 'forward' ? {} : { of_forward: relativeSpeed(timing, timings.forward) };
    const details = { batch, side, kernel, channels, pass, ...of };
    const name = `${kernel}x${kernel}, ${channels} channels, ${pass}`;
    return asSpeed({ workload: 'conv', backend: task.backend, case: name, details }, gflop, timing);
  });
}

/** Speed over speed, for the same number of operations. */
function relativeSpeed(timing: Timing, reference: Timing): number {
  return toDigits(median(reference.milliseconds) / median(timing.milliseconds), 3);
}
