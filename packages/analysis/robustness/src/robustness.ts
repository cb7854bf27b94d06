import { factory } from '@equipoise/kit';
import {
  type Analysis,
  defineComponent,
  type Report,
  type RunContext,
  type Subject,
  UnsupportedError,
} from '@equipoise/spec';
import { type Clean, classifyClean } from './clean.js';
import { compareRobustness } from './compare-robustness.js';
import { fingerprintOf } from './fingerprint.js';
import { type CheckOutcome, judgeChecks } from './judge-checks.js';
import { checkAttacks, nameAttacks, type NamedAttack } from './named-attacks.js';
import { type ResolvedRobustnessOptions, robustnessSchema } from './options.js';
import { pictureGrids } from './pictures.js';
import { cleanFacts, type RobustnessData, summarizeAttacks, summarizeNorms } from './robustness-data.js';
import { robustnessReport } from './robustness-report.js';
import { type AttackResult, countChunks, type Evaluation, runAttacks } from './run-attacks.js';
import { runChecks } from './run-checks.js';

async function analyzeRobustness(
  subject: Subject,
  outer: RunContext,
  options: ResolvedRobustnessOptions,
  attacks: readonly NamedAttack[],
): Promise<Report> {
  if (!subject.model.supports.logits) {
    throw new UnsupportedError('analysis "robustness"', 'logits', `model "${subject.name}"`);
  }
  checkAttacks(attacks, subject.model, subject.name);
  const context = { ...outer, rng: outer.rng.fork('robustness') };
  const clean = await classifyClean(subject, options, context);
  warnOfOutputs(clean, context);
  const fingerprint = await fingerprintOf(subject.model, clean.predictions, clean.labels, context);
  const evaluation: Evaluation = { subject, options, attacks, clean, fingerprint };
  const total = countChunks(evaluation) + (options.checks === false ? 0 : 1);
  const tell = (done: number) => context.report({ type: 'progress', label: 'robustness', done, total });
  const results = await runAttacks(evaluation, context, tell);
  warnOfAttacks(results, context);
  const measured = options.checks === false ? undefined : await runChecks(evaluation, results, options.checks, context);
  tell(total);
  const norms = summarizeNorms(results, clean);
  const checks = judgeChecks({ clean, results, norms, measured });
  warnOfChecks(checks, context);
  const data: RobustnessData = {
    ...cleanFacts(evaluation),
    norms,
    attacks: summarizeAttacks(results, clean),
    checks,
  };
  return robustnessReport(subject.name, data, results, measured, await pictureGrids(subject, clean, results));
}

function warnOfOutputs({ probabilities }: Clean, context: RunContext): void {
  if (!probabilities) return;
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_PROBABILITIES',
    message:
      'The model gives probabilities instead of logits: its gradients vanish where it is confident, and attacks on it fail silently.',
  });
}

function warnOfAttacks(results: readonly AttackResult[], context: RunContext): void {
  for (const { attack, violations, disagreements } of results) {
    if (violations.length > 0) {
      context.report({
        type: 'warning',
        code: 'EQUIPOISE_LEFT_REGION',
        message: `Attack "${attack.name}" gave ${violations.length} inputs outside of its radius or the bounds; they do not count as success.`,
        details: { attack: attack.name, violations: violations.length },
      });
    }
    if (disagreements === 0) continue;
    context.report({
      type: 'warning',
      code: 'EQUIPOISE_SUCCESS_DIFFERS',
      message: `For ${disagreements} inputs the word of the attack "${attack.name}" on its success is not what the model says; the model's counts.`,
      details: { attack: attack.name, different: disagreements },
    });
  }
}

function warnOfChecks(checks: readonly CheckOutcome[], context: RunContext): void {
  for (const { check, norm, outcome, detail } of checks) {
    if (outcome !== 'fail' || check === 'logits' || check === 'inside') continue;
    context.report({
      type: 'warning',
      code: 'EQUIPOISE_MASKED_ROBUSTNESS',
      message: `Robustness may be an illusion; the check "${check}"${norm === null ? '' : ` (${norm})`} fails. ${detail}`,
      details: { check, norm },
    });
  }
}

/**
 * How robust a model is: a split of a data set, many attacks, many radii.
 *
 * Robust accuracy at a radius is the share of all samples that are right when clean and were not broken within it; in the worst case
 * by any of the attacks, sample by sample. Attacks that keep a radius (`threat.eps`) run once for each, from small to large, on
 * those samples that are not broken yet; attacks that look for the nearest success run once and count at every radius by their
 * distance. Samples that are wrong when clean are not attacked and are broken at distance 0; failures are infinitely far.
 *
 * What counts is what the model says about the inputs that came back, as float32; inputs outside of the radius or the bounds do
 * not count and are reported. Checks tell robustness from masked gradients (Athalye et al. 2018, section 3.1). With a storage in the
 * context an interrupted evaluation goes on where it stopped, to the same report.
 *
 * Throws an `UnsupportedError` if the model lacks what an attack needs, a `DataError` for a missing split or wrong labels, a
 * `NumericalError` if a logit is NaN or infinite.
 */
export const robustnessComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'robustness',
  description: 'Robust accuracy under many attacks and radii, minimal distances, checks for masked gradients',
  options: robustnessSchema,
  references: { attacks: 'attack' },
  create: (options): Analysis => {
    const attacks = nameAttacks(options);
    return {
      needs: { splits: [options.split], logits: true },
      doAnalyze: (subject, context) => analyzeRobustness(subject, context, options, attacks),
      doCompare: compareRobustness,
    };
  },
});

/** Makes the analysis of {@link robustnessComponent} from code. */
export const robustness = factory(robustnessComponent);
