import { contextualSensitivity } from '@equipoise/analysis-sensitivity';
import { asTimes, measure } from '../measure.js';
import { measuring, type Workload } from '../workload.js';
import { mnistNetwork, randomImages } from './training.js';

const images = 16;

/** Exact contextual sensitivity: the norms of the columns of the Jacobian of the 1024 embedding entries, for each image. */
export const sensitivity: Workload = {
  name: 'sensitivity',
  description: 'exact contextual sensitivity of 16 images under the MNIST network',
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const model = mnistNetwork();
    const x = randomImages(images, 0);
    const step = async () => {
      const norms = contextualSensitivity(model, x, { method: 'exact' });
      await norms.data();
      norms.dispose();
    };
    const { timing } = await measure({ timing: step }, measuring(task, { values: 2, warmUp: 0 }));
    const details = { images, gflop: 455 };
    return [asTimes({ workload: 'sensitivity', backend: task.backend, details }, 'ms total', timing)];
  },
};
