import * as tf from '@tensorflow/tfjs-core';
import type { RelationSettings } from '../options.js';
import { contrastiveTerm } from './contrast.js';
import { hingeTerm } from './hinge.js';
import { pullTerm } from './pull.js';
import { unitRows, type Embeddings } from './similarities.js';

/** The relation term: the mean over the batch of what the options ask for; zero for `none`. */
export function relationTerm(embeddings: Embeddings, settings: RelationSettings): tf.Scalar {
  if (settings.relation === 'none') return tf.scalar(0);
  return tf.mean(sampleTerms(settings.embedding === 'cosine' ? unitEmbeddings(embeddings) : embeddings, settings));
}

function sampleTerms(embeddings: Embeddings, settings: RelationSettings): tf.Tensor1D {
  switch (settings.relation) {
    case 'hinge':
      return hingeTerm(embeddings as Required<Embeddings>, settings.margin);
    case 'pull':
    case 'none':
      return pullTerm(embeddings);
    default:
      return contrastiveTerm(embeddings as Required<Embeddings>, settings.relation, settings);
  }
}

/** Every embedding scaled to length 1. */
export function unitEmbeddings({ clean, low, high }: Embeddings): Embeddings {
  return { clean: unitRows(clean), low: unitRows(low), ...(high && { high: unitRows(high) }) };
}
