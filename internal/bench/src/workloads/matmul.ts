import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { asSpeed, measure, type Measurement } from '../measure.js';
import { measuring, type Workload, type WorkloadTask } from '../workload.js';

/** The product of two square matrices of normal random numbers, 2n³ operations. */
export const matmul: Workload = {
  name: 'matmul',
  description: 'product of two square matrices, 512 and 1024 rows',
  run: async (task) => [await product(512, task), await product(1024, task)],
};

async function product(size: number, task: WorkloadTask): Promise<Measurement> {
  const rng = createRng(0);
  const matrix = () => tf.tensor2d(rng.normals(size * size), [size, size]);
  const [a, b] = [matrix(), matrix()];
  const step = () => {
    const c = tf.matMul(a, b);
    c.dispose();
  };
  const { timing } = await measure({ timing: step }, measuring(task, { values: 30, warmUp: 20, limitSeconds: 10 }));
  tf.dispose([a, b]);
  return asSpeed({ workload: 'matmul', backend: task.backend, case: String(size) }, (2 * size ** 3) / 1e9, timing);
}
