import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { RunContext } from './context.js';
import type { Model } from './model.js';
import type { Criterion, Distance, Objective } from './objective.js';

/** What an attack can do. */
export interface AttackSupport {
  /** The norms or distances in which it works. */
  readonly norms: readonly Distance[];
  /** It can aim at given classes. */
  readonly targeted: boolean;
  /** It uses gradients of the model. */
  readonly gradients: boolean;
  /** Its outcome depends on the random stream. */
  readonly stochastic: boolean;
  /** The fewest classes with which it works; absent: 2. */
  readonly minimumClasses?: number;
  /** It maximises an objective of the caller's; absent: true. */
  readonly objective?: boolean;
}

/** Where an attack promises to stay, or what it looks for. */
export interface AttackThreat {
  /** How it measures. */
  readonly norm: Distance;
  /** The radius that it keeps within, unless the problem names another; absent: it looks for the nearest success. */
  readonly eps?: number | readonly number[];
}

/** What is attacked. */
export interface AttackProblem {
  /** The model, run in inference mode. */
  readonly model: Model;
  /** Inputs, `[batch, ...inputShape]`. */
  readonly x: Tensor;
  /** True labels, `[batch]`, int32. */
  readonly labels: Tensor1D;
  /** Classes to aim at, `[batch]`, int32. */
  readonly targets?: Tensor1D;
  /** An objective of the caller's own, maximised. */
  readonly objective?: Objective;
  /** A criterion of the caller's own. */
  readonly criterion?: Criterion;
  /**
   * Objective and criterion look their samples up by `rows`, so finished samples may leave the batch and copies of a sample
   * may join it. Absent: they are only ever called with the whole batch, as it is.
   */
  readonly selectsRows?: boolean;
  /** A radius that takes the place of the attack's own: one number, or one a sample. */
  readonly eps?: number | readonly number[];
  /** Ones where an input may move and zeros elsewhere, of the shape of one sample or of the batch. */
  readonly mask?: Tensor;
  /** Where to start instead of the attack's own way to start, of the shape of `x`. */
  readonly start?: Tensor;
  /** Index of each sample in its split, so that its randomness does not depend on its batch. */
  readonly sampleIndices: ArrayLike<number>;
}

/** What an attack found. */
export interface AttackOutcome {
  /** The inputs after the attack, of the shape of `x`. */
  readonly adversarial: Tensor;
  /** Whether each sample met the criterion, `[batch]`, bool. */
  readonly success: Tensor1D;
}

/** Something that moves inputs. */
export interface Attack {
  /** What it can do. */
  readonly supports: AttackSupport;
  /** Where it promises to stay; absent: nothing that could be checked. */
  readonly threat?: AttackThreat;
  /** Moves the inputs; the caller owns what it gets. */
  doPerturb(problem: AttackProblem, context: RunContext): Promise<AttackOutcome>;
}
