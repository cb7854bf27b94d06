import { factory } from '@equipoise/kit';
import { type Attack, defineComponent, type Norm } from '@equipoise/spec';
import * as z from 'zod';
import { fabOptions } from '../options.js';
import { classesOf } from '../strongest-others.js';
import { nearestBoundary } from './fab-evaluators.js';
import { type Boundary, runFab } from './run-fab.js';

const schema = z.strictObject(fabOptions);

const DUAL: Readonly<Record<Norm, Norm>> = { linf: 'l1', l2: 'l2', l1: 'linf' };

/**
 * Fast adaptive boundary attack: looks for the nearest success by walking along the boundary of the nearest class (Croce and Hein 2020,
 * "Minimally distorted adversarial examples with a fast adaptive boundary attack", algorithm 1). A step costs one backward pass for
 * each class; `fab-targeted` costs one.
 *
 * Samples that are wrong already come back as they were, and so do those without a success (within the radius, if there is one).
 */
export const fabComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'fab',
  description: 'Fast adaptive boundary attack: the nearest success, along the boundary of the nearest class',
  options: schema,
  create: (settings): Attack => {
    const { norm, eps, restarts } = settings;
    return {
      supports: { norms: [norm], targeted: true, gradients: true, stochastic: restarts > 1, objective: false },
      threat: { norm, ...(eps === undefined ? {} : { eps }) },
      doPerturb: async (problem, context) => {
        const all: Boundary = {
          name: 'nearest class',
          with: (part, body) => body(nearestBoundary(part, classesOf(part), DUAL[norm])),
        };
        return runFab(settings, problem, context, [all]);
      },
    };
  },
});

/** Options of {@link fab}. */
export type FabOptions = z.input<typeof schema>;

/** Makes a FAB attack; see {@link fabComponent}. */
export const fab = factory(fabComponent);
