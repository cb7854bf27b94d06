import {
  type Attack,
  type AttackOutcome,
  type AttackProblem,
  EquipoiseError,
  NumericalError,
  type RunContext,
  ShapeError,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { scoring } from '../batches/modes.js';
import { sameShape } from '../datasets/check-data.js';
import { withTensors } from '../ownership/ownership.js';
import { excessOver } from './distances.js';
import { checkAttackProblem } from './check-attack-problem.js';
import { rowsOf } from './rows.js';

/**
 * Runs an attack and checks what it claims.
 *
 * `success` is not what the attack says but what the model says about the inputs that came back: the criterion of the
 * problem, else the target class is predicted, else the true class is not. Where the two differ a warning is reported.
 * Nothing is projected or repaired.
 *
 * @param attack the attack
 * @param problem model, inputs and labels; they stay the caller's
 * @param context randomness, the wish to stop, and an ear
 * @returns inputs and success, which the caller owns
 * @throws UnsupportedError, ShapeError, DataError before the attack, if it cannot work on this problem
 * @throws NumericalError if what comes back is not finite
 * @throws EquipoiseError `EQUIPOISE_BROKEN_CONTRACT` if what comes back has another shape, leaves the model's bounds or
 *   the radius that the attack names, or if the attack disposed its arguments or changed the model
 */
export async function runAttack(attack: Attack, problem: AttackProblem, context: RunContext): Promise<AttackOutcome> {
  await warnOfAimlessTargets(problem, context);
  return withTensors(async (own) => {
    const outcome = own(await callAttack(attack, problem, context));
    await checkInside(problem, outcome.adversarial);
    await checkRadius(attack, problem, outcome.adversarial);
    const success = own(verifiedSuccess(problem, outcome.adversarial));
    await warnOfDisagreement(outcome.success, success, context);
    return { adversarial: outcome.adversarial, success };
  });
}

/**
 * Runs an attack and checks its manners, but not what it found: the problem before; afterwards that its arguments and the
 * model are untouched and that it gives inputs of the right shape and type. Where the inputs are, and whether they fool the
 * model, is for the caller to look at; {@link runAttack} does both.
 *
 * @param attack the attack
 * @param problem model, inputs and labels; they stay the caller's
 * @param context randomness, the wish to stop, and an ear
 * @returns what the attack gave, which the caller owns
 * @throws UnsupportedError, ShapeError, DataError before the attack, if it cannot work on this problem
 * @throws ShapeError, EquipoiseError `EQUIPOISE_BROKEN_CONTRACT` for bad manners
 */
export async function callAttack(attack: Attack, problem: AttackProblem, context: RunContext): Promise<AttackOutcome> {
  await checkAttackProblem(attack, problem);
  const weights = weightIdentities(problem);
  const callers: readonly unknown[] = [problem.x, problem.labels, problem.targets];
  return withTensors(async (own) => {
    const { adversarial, success } = await attack.doPerturb(problem, context);
    own([adversarial, success].filter((tensor) => !callers.includes(tensor)));
    checkUntouched(problem, { adversarial, success }, weights);
    if (!sameShape(adversarial.shape, problem.x.shape)) {
      throw new ShapeError('What the attack gave', problem.x.shape, adversarial.shape);
    }
    if (adversarial.dtype !== 'float32') throw broken(`it gave ${adversarial.dtype} inputs; expected float32`);
    return { adversarial, success };
  });
}

/** `assign` gives a variable another data id, so equal ids mean that the values are the same. */
function weightIdentities({ model }: AttackProblem): ReadonlyMap<string, object> {
  return new Map([...model.variables].map(([name, variable]) => [name, variable.dataId]));
}

function checkUntouched(problem: AttackProblem, outcome: AttackOutcome, weights: ReadonlyMap<string, object>): void {
  const { x, labels, targets, model } = problem;
  for (const [name, tensor] of Object.entries({ x, labels, targets })) {
    if (tensor?.isDisposed) throw broken(`it disposed "${name}", which belongs to the caller`);
    if (tensor && (tensor === outcome.adversarial || tensor === outcome.success)) {
      throw broken(`it gave "${name}" itself back, which belongs to the caller; give a copy`);
    }
  }
  for (const [name, variable] of model.variables) {
    if (variable.isDisposed || variable.dataId !== weights.get(name)) throw broken(`it changed the model's "${name}"`);
  }
}

async function checkInside({ model }: AttackProblem, adversarial: tf.Tensor): Promise<void> {
  const [low, high] = model.bounds.map(Math.fround) as [number, number];
  const values = await adversarial.data();
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) {
      throw new NumericalError(`The attack gave ${value} at value ${index} of its inputs.`, { index });
    }
    if (value < low || value > high) throw broken(`it gave ${value} at value ${index}, outside of [${low}, ${high}]`);
  }
}

async function checkRadius({ threat }: Attack, problem: AttackProblem, adversarial: tf.Tensor): Promise<void> {
  const eps = threat?.eps === undefined ? undefined : (problem.eps ?? threat.eps);
  if (threat === undefined || eps === undefined) return;
  const excess = await excessOver(problem.x, adversarial, { norm: threat.norm, eps }, problem.model.bounds);
  const row = excess.findIndex((one) => one > 0);
  if (row === -1) return;
  const radius = typeof eps === 'number' ? eps : eps[row];
  throw broken(`sample ${row} is ${excess[row]} outside of the ${threat.norm} ball of radius ${radius}`);
}

function verifiedSuccess(problem: AttackProblem, adversarial: tf.Tensor): tf.Tensor1D {
  const { model, labels, targets, criterion } = problem;
  return tf.tidy(() => {
    if (criterion) return tf.cast(criterion(adversarial, rowsOf(adversarial)), 'bool') as tf.Tensor1D;
    const { logits } = model.forward(adversarial, scoring);
    if (logits === undefined) throw broken('it needs a criterion, because the model gives no logits');
    const predicted = tf.argMax(logits, 1);
    return (targets ? tf.equal(predicted, targets) : tf.notEqual(predicted, labels)) as tf.Tensor1D;
  });
}

async function warnOfAimlessTargets({ labels, targets }: AttackProblem, context: RunContext): Promise<void> {
  if (!targets || !sameShape(targets.shape, labels.shape)) return;
  const [classes, aims] = await Promise.all([labels.data(), targets.data()]);
  const same = Array.from(aims).filter((aim, row) => aim === classes[row]).length;
  if (same === 0) return;
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_TARGET_IS_LABEL',
    message: `The target of ${same} of ${aims.length} inputs is their true class; an attack that aims there makes the model more certain, and succeeds where it is right.`,
    details: { same, count: aims.length },
  });
}

async function warnOfDisagreement(claimed: tf.Tensor1D, verified: tf.Tensor1D, context: RunContext): Promise<void> {
  if (!sameShape(claimed.shape, verified.shape)) throw new ShapeError('success', verified.shape, claimed.shape);
  const claims = await claimed.data();
  const facts = Array.from(await verified.data());
  const different = facts.reduce((count, fact, index) => count + (Boolean(fact) === Boolean(claims[index]) ? 0 : 1), 0);
  if (different === 0) return;
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_SUCCESS_DIFFERS',
    message: `For ${different} of ${facts.length} inputs the attack's word on its success is not what the model says; the model's counts.`,
    details: { different, count: facts.length },
  });
}

function broken(what: string): EquipoiseError {
  return new EquipoiseError('EQUIPOISE_BROKEN_CONTRACT', `The attack broke its contract: ${what}.`);
}
