import { cnn, dense, mlp, sequential } from '../src/index.js';

cnn({ preset: 'small', classes: 15, convolutions: [{ channels: 8, kernel: [3, 5], padding: 'same' }] });
mlp({ normalization: { type: 'batch', momentum: 0.2 }, mean: [0.5, 0.4] });

// @ts-expect-error a preset that does not exist
cnn({ preset: 'huge' });
// @ts-expect-error an option that does not exist
cnn({ channels: 3 });
// @ts-expect-error a convolution without channels
cnn({ convolutions: [{ kernel: 3 }] });
// @ts-expect-error an activation that does not exist
mlp({ activation: 'step' });
// @ts-expect-error groups are of group normalisation
mlp({ normalization: { type: 'batch', groups: 2 } });
// @ts-expect-error a dense layer without units
dense({ name: 'head' });
// @ts-expect-error no stream for the initial weights
sequential({ inputShape: [3], layers: [] });
