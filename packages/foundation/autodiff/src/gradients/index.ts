import { activationGradients } from './activations.js';
import { arithmeticGradients } from './arithmetic.js';
import { blockGradients } from './blocks.js';
import { constantGradients } from './constants.js';
import { convolutionGradients } from './convolution.js';
import type { GradientDefinition } from './definition.js';
import { elementwiseGradients } from './elementwise.js';
import { indexingGradients } from './indexing.js';
import { mirroringGradients } from './mirroring.js';
import { normalisationGradients } from './normalisation.js';
import { poolingGradients } from './pooling.js';
import { productGradients } from './products.js';
import { rearrangementGradients } from './rearrangement.js';
import { reductionGradients } from './reductions.js';
import { resizingGradients } from './resizing.js';

/** Every gradient of this package. */
export const gradients: readonly GradientDefinition[] = [
  ...elementwiseGradients,
  ...activationGradients,
  ...arithmeticGradients,
  ...constantGradients,
  ...productGradients,
  ...convolutionGradients,
  ...poolingGradients,
  ...reductionGradients,
  ...normalisationGradients,
  ...rearrangementGradients,
  ...mirroringGradients,
  ...blockGradients,
  ...indexingGradients,
  ...resizingGradients,
];
