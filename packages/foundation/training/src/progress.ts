import type { Rng } from '@equipoise/spec';
import * as z from 'zod';
import type { TrainingSettings } from './options.js';

const schema = z.object({
  best: z.number().nullable(),
  reference: z.number().nullable(),
  evaluationsWithoutImprovement: z.number(),
  warnedStuck: z.boolean(),
  seedMark: z.number(),
});

/** What a run remembers beside arrays; small JSON that goes into checkpoints. */
export type Progress = z.output<typeof schema>;

/**
 * The facts of a run that begins.
 * @param rng the stream of the run, of which a mark is kept to know it again
 */
export function freshProgress(rng: Rng): Progress {
  const seedMark = rng.fork('mark').uint32();
  return { best: null, reference: null, evaluationsWithoutImprovement: 0, warnedStuck: false, seedMark };
}

/** The facts of a run that goes on; a checkpoint that lacks them begins afresh. */
export function progressFrom(facts: Readonly<Record<string, unknown>>, fresh: Progress): Progress {
  const parsed = schema.safeParse(facts);
  return parsed.success ? parsed.data : fresh;
}

/**
 * Takes in an evaluation.
 * @returns the new facts, and whether these are the best weights so far
 */
export function withEvaluation(
  progress: Progress,
  metrics: Readonly<Record<string, number>>,
  settings: TrainingSettings,
): { readonly progress: Progress; readonly isBest: boolean } {
  const metric = settings.evaluation?.metric ?? 'accuracy';
  const value = metrics[metric]!;
  const gainOver = (earlier: number | null): number =>
    earlier === null ? Infinity : metric === 'crossEntropy' ? earlier - value : value - earlier;
  const isBest = gainOver(progress.best) > 0;
  const isImprovement = gainOver(progress.reference) > (settings.earlyStopping?.minDelta ?? 0);
  return {
    isBest,
    progress: {
      ...progress,
      best: isBest ? value : progress.best,
      reference: isImprovement ? value : progress.reference,
      evaluationsWithoutImprovement: isImprovement ? 0 : progress.evaluationsWithoutImprovement + 1,
    },
  };
}

/** Whether patience has run out. */
export function isPatienceOver(progress: Progress, settings: TrainingSettings): boolean {
  const patience = settings.earlyStopping?.patience;
  return patience !== undefined && progress.evaluationsWithoutImprovement >= patience;
}
