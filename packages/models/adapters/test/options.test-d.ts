import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { fromFunction, fromLayersModel } from '../src/index.js';

fromFunction({ inputShape: [3], forward: (x) => tf.mul(x, 2) });
declare const loaded: layers.LayersModel;
fromLayersModel(loaded, { embedding: 'features' });
fromLayersModel(layers.sequential(), { preprocess: (x) => tf.sub(x, 0.5) });

// @ts-expect-error no input shape
fromFunction({ forward: (x) => x });
// @ts-expect-error a function that gives numbers
fromFunction({ inputShape: [3], forward: () => [1, 2, 3] });
// @ts-expect-error something that is no model
fromLayersModel({});
