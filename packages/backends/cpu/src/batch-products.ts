import * as tf from '@tensorflow/tfjs-core';

type Factor = tf.TensorInfo;

/**
 * Lets products of batches broadcast: TensorFlow.js's kernel takes matrices in turn, which is wrong where an axis of a batch is stretched
 * that is not the first, or axes of both factors are. Calling it again is harmless.
 */
export function completeBatchProducts(): void {
  const stock = tf.getKernel('BatchMatMul', 'cpu');
  if (completed.has(stock)) return;
  const kernel: tf.KernelConfig = {
    ...stock,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: Factor; b: Factor };
      const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const inputs = { a: stretch(a, batch, call.backend), b: stretch(b, batch, call.backend) };
      const product = stock.kernelFunc({ ...call, inputs });
      for (const name of ['a', 'b'] as const)
        if (inputs[name] !== call.inputs[name]) (call.backend as tf.KernelBackend).disposeData(inputs[name].dataId);
      return product;
    },
  };
  completed.add(kernel);
  tf.unregisterKernel('BatchMatMul', 'cpu');
  tf.registerKernel(kernel);
}

const completed = new WeakSet<tf.KernelConfig>();

/** A factor with the matrices of the whole batch; itself where it has them all, or one for all. */
function stretch(factor: Factor, batch: readonly number[], backend: object): Factor {
  const axes = factor.shape.slice(0, -2);
  if (tf.util.arraysEqual(axes, [...batch]) || tf.util.sizeFromShape(axes) === 1) return factor;
  const padded = [...batch.slice(axes.length).map(() => 1), ...axes];
  const shape = [...padded, ...factor.shape.slice(-2)];
  const reps = [...batch.map((length, axis) => length / (padded[axis] as number)), 1, 1];
  const { kernelFunc } = tf.getKernel('Tile', 'cpu');
  return kernelFunc({ inputs: { x: { ...factor, shape } }, attrs: { reps }, backend }) as Factor;
}
