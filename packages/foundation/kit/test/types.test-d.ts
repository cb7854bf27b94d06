import { type Dataset, defineComponent, type Loss } from '@equipoise/spec';
import * as z from 'zod';
import {
  adam,
  type AdamState,
  chain,
  componentOption,
  createOptimizer,
  createSchedule,
  factory,
  type GradientTransform,
  keepAll,
  projectBall,
} from '../src/index.js';
import * as tf from '@tensorflow/tfjs-core';

const create = (): Loss => {
  throw new Error('Only types are tested.');
};
const base = { specVersion: 1, kind: 'loss', name: 'x', description: '', create } as const;

const optional = factory(defineComponent({ ...base, options: z.strictObject({ weight: z.number().default(1) }) }));
const required = factory(defineComponent({ ...base, options: z.strictObject({ loss: componentOption('loss') }) }));

export const losses: Loss[] = [optional(), optional({}), optional({ weight: 2 }), required({ loss: optional() })];
// @ts-expect-error: the weight is a number
optional({ weight: 'heavy' });
// @ts-expect-error: there is no such option
optional({ wait: 1 });
// @ts-expect-error: an option without a default must be given
required();
// @ts-expect-error: the option holds a loss
required({ loss: {} as Dataset });
// @ts-expect-error: a factory of losses makes no data set
export const dataset: Dataset = optional();

createOptimizer({ name: 'adamw', learningRate: { schedule: 'cosine', learningRate: 0.1, warmUpSteps: 5 } });
// @ts-expect-error: no such optimizer
createOptimizer({ name: 'adamm' });
// @ts-expect-error: adam has no momentum
createOptimizer({ name: 'adam', momentum: 0.9 });
// @ts-expect-error: a cosine needs a learning rate
createSchedule({ schedule: 'cosine' });
// @ts-expect-error: no such schedule
createSchedule({ schedule: 'cosinus', learningRate: 0.1 });

export const chained: GradientTransform<readonly unknown[] & ReturnType<ReturnType<typeof chain>['init']>> =
  chain(adam());
export const kept: { x: tf.Tensor } = keepAll({ x: tf.scalar(1) });
export const count: AdamState['count'] = 1;
// @ts-expect-error: no such norm
projectBall(tf.zeros([1, 1]), 'l3', 1);
