import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { weightedSum } from '../src/index.js';

weightedSum({ terms: [{ loss: crossEntropyLoss(), weight: 0.5, name: 'half' }] });

// @ts-expect-error a sum has terms
weightedSum();
// @ts-expect-error a term has a loss
weightedSum({ terms: [{ weight: 1 }] });
// @ts-expect-error a loss is not its name
weightedSum({ terms: [{ loss: 'cross-entropy' }] });
// @ts-expect-error a schedule that does not exist
weightedSum({ terms: [{ loss: crossEntropyLoss(), weight: { schedule: 'zigzag' } }] });
