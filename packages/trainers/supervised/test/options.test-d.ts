import type { Trainer } from '@equipoise/spec';
import { supervised } from '../src/index.js';

export const made: Trainer = supervised();
supervised({ steps: 10, optimizer: { name: 'momentum', momentum: 0.9, learningRate: 0.1 } });
// @ts-expect-error the option is called batchSize
supervised({ batch: 10 });
// @ts-expect-error there is no such sampling
supervised({ sampling: 'random' });
// @ts-expect-error there is no such optimizer
supervised({ optimizer: { name: 'adem' } });
