import { factory } from '@equipoise/kit';
import { defineComponent, type Loss } from '@equipoise/spec';
import { fclSchema, type FclSettings } from './options.js';
import { stepPlan } from './plan.js';
import { lossValue } from './value.js';
import { prepareViews } from './views.js';

/**
 * Feature Contrastive Learning: cross-entropy, and views of every input in which the entries of high and of low
 * contextual utility are perturbed.
 *
 * Formula: H marks the fraction k of the entries of x of highest utility |∂ℓ/∂x_j|, L those of low utility (default: the
 * rest); x^hu = clip(x + H⊙δ), x^lu = clip(x + L⊙δ'); z = φ/‖φ‖₂;
 * total = ℓ(x) + lowViewWeight·ℓ(x^lu) + λ·mean_i log(1 + e^{(<z_i, z_i^hu> − <z_i, z_i^lu>)/τ}).
 * Utility, masks and views are constants; after the warm-up they are made anew at every step.
 *
 * Source: Kim, Glasner, Ramalingam, Hsieh, Papineni and Kumar (2021), "Feature Contrastive Learning"
 * (arXiv 2105.09394). Departures: the authors' equation and numbers are not public in code, so the loss is a
 * reconstruction; the cross-entropy on the low view is an addition, without which noise perturbations did harm in about
 * 270 trainings of a prototype. In those, what helped was that term with utility masks; the relation term was neutral.
 * Always compare with `masks: "random"`.
 */
export const fclComponent = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'fcl',
  description: 'Feature Contrastive Learning: cross-entropy on clean inputs and on views perturbed by utility, related',
  options: fclSchema,
  example: { warmUpFraction: 0 },
  create: (settings) => createFcl(settings),
});

/**
 * Makes the loss `fcl` from code.
 * @throws InvalidOptionsError for options that the schema refuses
 */
export const fcl = factory(fclComponent);

function createFcl(settings: FclSettings): Loss {
  return {
    needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
    variables: new Map(),
    doPrepare: (input) => prepareViews(input, settings, stepPlan(settings, input.step, input.steps)),
    doCompute: (input, prepared) => lossValue(input, prepared, settings, stepPlan(settings, input.step, input.steps)),
  };
}
