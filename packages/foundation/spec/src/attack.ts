import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { RunContext } from './context.js';
import type { Model } from './model.js';
import type { Criterion, Norm, Objective } from './objective.js';

/** What an attack can do. */
export interface AttackSupport {
  /** The norms in which it works. */
  readonly norms: readonly Norm[];
  /** It can aim at given classes. */
  readonly targeted: boolean;
  /** It uses gradients of the model. */
  readonly gradients: boolean;
  /** Its outcome depends on the random stream. */
  readonly stochastic: boolean;
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
  /** Moves the inputs; the caller owns what it gets. */
  doPerturb(problem: AttackProblem, context: RunContext): Promise<AttackOutcome>;
}
