import { factory, requireSplit } from '@equipoise/kit';
import {
  DataError,
  defineComponent,
  UnsupportedError,
  type Analysis,
  type Report,
  type RunContext,
  type Split,
  type Subject,
} from '@equipoise/spec';
import { compareBalance } from './compare-balance.js';
import { balanceData, balanceReport } from './balance-report.js';
import { judgePairs, type Pairs } from './judge-pairs.js';
import { balanceSchema, type ResolvedBalanceOptions } from './options.js';
import { predictNoisy } from './predict-noisy.js';

async function openPairs(
  subject: Subject,
  options: ResolvedBalanceOptions,
): Promise<[without: Split, withObject: Split, count: number]> {
  const names = [options.withoutSplit, options.withSplit];
  for (const name of names) requireSplit(subject.dataset.info, name);
  const [without, withObject] = await Promise.all(names.map((name) => subject.dataset.split(name)));
  if (without === undefined || withObject === undefined || without.size !== withObject.size || without.size === 0) {
    throw new DataError(
      `The splits ${names.join(' and ')} must hold the same images; they have ${without?.size} and ${withObject?.size}.`,
    );
  }
  return [without, withObject, Math.min(options.images, without.size)];
}

async function analyzeBalance(subject: Subject, context: RunContext, options: ResolvedBalanceOptions): Promise<Report> {
  if (!subject.model.supports.logits)
    throw new UnsupportedError('analysis "balance"', 'logits', `model "${subject.name}"`);
  const [without, withObject, count] = await openPairs(subject, options);
  const labels = { labelsWithout: without.labels.subarray(0, count), labelsWith: withObject.labels.subarray(0, count) };
  const predict = (split: Split, name: string, sigma: number) => {
    const noise = { sigma, clip: options.clip, rng: context.rng.fork('balance').fork(name) };
    return predictNoisy(subject.model, split, count, options.batchSize, noise, context.signal);
  };
  const levels = [];
  for (const [index, sigma] of options.sigmas.entries()) {
    const pairs: Pairs = {
      ...labels,
      predictedWithout: await predict(without, 'without', sigma),
      predictedWith: await predict(withObject, 'with', sigma),
    };
    levels.push({ sigma, ...judgePairs(pairs) });
    context.report({ type: 'progress', label: 'balance', done: index + 1, total: options.sigmas.length });
  }
  return balanceReport(subject.name, balanceData(levels, count, options), options);
}

/**
 * How a model balances sensitivity to a useful feature against robustness to noise and to the same feature where it is useless.
 *
 * Every test image is shown without and with an object (the corner digit of synthetic MNIST), clean and under noise of growing
 * size: accuracy in the four groups {label changes, label keeps} × {object, none}, flip rate, stay rate, false flips, and
 * balance = (flip + stay) / 2, exactly as in {@link judgePairs}. The measures are those of the project's own prototype of
 * Feature Contrastive Learning (Kim, Glasner, Ramalingam, Hsieh, Papineni, Kumar, 2021), which published none.
 *
 * Throws a `DataError` if the paired splits are missing, an `UnsupportedError` if the model has no logits.
 */
export const balanceComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'balance',
  description: 'Flip rate, stay rate, false flips and balance on image pairs without and with an object, under noise',
  options: balanceSchema,
  create: (options): Analysis => ({
    needs: { splits: [options.withoutSplit, options.withSplit], logits: true },
    doAnalyze: (subject, context) => analyzeBalance(subject, context, options),
    doCompare: (entries) => compareBalance(entries, options),
  }),
});

/** Makes the analysis of {@link balanceComponent} from code. */
export const balance = factory(balanceComponent);
