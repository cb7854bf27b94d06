import type { Loss } from '@equipoise/spec';
import { fcl } from '../src/index.js';

export const made: Loss = fcl();
fcl({ masks: 'oracle', oracle: { boxes: [{ top: 1, left: 1, height: 9, width: 9 }], inside: [0, 10] } });
fcl({ high: { type: 'swap' }, low: { type: 'noise', sigma: [0, 0.5] } });
// @ts-expect-error the weight of the relation is called relationWeight
fcl({ lambda: 0.2 });
// @ts-expect-error there are no such masks
fcl({ masks: 'gradient' });
// @ts-expect-error a swap has no size
fcl({ high: { type: 'swap', sigma: 0.2 } });
