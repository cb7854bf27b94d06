import {
  ascend,
  createRegion,
  inspectFirst,
  logitObjectives,
  mayShrink,
  outcomeOf,
  problemEvaluator,
  projectedSteps,
} from '@equipoise/ascent';
import { type Attack, defineComponent } from '@equipoise/spec';
import { factory } from '@equipoise/kit';
import * as z from 'zod';

const schema = z.strictObject({
  eps: z.number().nonnegative().default(0.5).describe('Radius in l2, in units of the input.'),
  stepSize: z.number().positive().default(0.1).describe('Length of a step in l2.'),
  steps: z.int().min(0).default(100).describe('Number of steps.'),
});

/**
 * The attack of Ilyas et al. 2019 (section 3.2): steps along the normalised gradient of the cross-entropy of the target class in an
 * l2 ball, from the input itself. Of its iterates the one with the lowest cross-entropy comes back.
 */
export const aimedSteps = factory(
  defineComponent({
    specVersion: 1,
    kind: 'attack',
    name: 'aimed-steps',
    description: 'Normalised gradient steps towards a class in an l2 ball',
    options: schema,
    create: ({ eps, stepSize, steps }): Attack => ({
      supports: { norms: ['l2'], targeted: true, gradients: true, stochastic: false },
      threat: { norm: 'l2', eps },
      doPerturb: async (problem, context) => {
        const radius = problem.eps ?? eps;
        const { mask } = problem;
        const region = createRegion({ norm: 'l2', eps: radius, bounds: problem.model.bounds, mask }, problem.x.shape);
        const ascended = await ascend({
          original: problem.x,
          sampleIndices: problem.sampleIndices,
          evaluator: problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] }),
          rule: projectedSteps({ region, stepSize }),
          steps,
          keep: 'value',
          mayShrink: mayShrink(problem),
          observe: (point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
          signal: context.signal,
        });
        return outcomeOf(problem, ascended);
      },
    }),
  }),
);
