import { factory } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { fabOptions, targetClassesOption } from '../options.js';
import { classesOf, withAims } from '../strongest-others.js';
import { boundaryOf } from './fab-evaluators.js';
import { type Boundary, runFab } from './run-fab.js';

const schema = z.strictObject({ ...fabOptions, targetClasses: targetClassesOption });

/**
 * Targeted FAB: looks for the nearest success by walking along the boundary between the label and one other class, for the strongest others
 * in turn (Croce and Hein 2020, "Reliable evaluation", section 4). A success is any wrong class. With targets of the problem the
 * boundary is that of the target and the largest other logit.
 *
 * Without a radius all classes are tried and the nearest success is kept; with one a sample leaves with its first success in it.
 */
export const fabTargetedComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'fab-targeted',
  description:
    'Fast adaptive boundary attack: the nearest success, along the boundaries of the strongest other classes',
  options: schema,
  create: (settings): Attack => {
    const { norm, eps, restarts, targetClasses } = settings;
    return {
      supports: { norms: [norm], targeted: true, gradients: true, stochastic: restarts > 1, objective: false },
      threat: { norm, ...(eps === undefined ? {} : { eps }) },
      doPerturb: async (problem, context) => {
        const count = problem.targets ? 0 : Math.min(targetClasses, classesOf(problem) - 1);
        const boundaries = Array.from({ length: count }, (_, rank): Boundary => ({
          name: `class ${rank}`,
          with: (part, body) => withAims(part, rank, (aims) => body(boundaryOf(part, aims))),
        }));
        return runFab(settings, problem, context, boundaries);
      },
    };
  },
});

/** Options of {@link fabTargeted}. */
export type FabTargetedOptions = z.input<typeof schema>;

/** Makes a targeted FAB attack; see {@link fabTargetedComponent}. */
export const fabTargeted = factory(fabTargetedComponent);
