import { crossEntropy } from '@equipoise/autodiff';
import { createRng, disposeAll, inference } from '@equipoise/kit';
import { activateBackend, expectClose } from '@equipoise/internal-testing';
import { EquipoiseError, type Loss, type LossInput, type Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fcl, fclComponent, plugin, type FclOptions } from '../src/index.js';
import { tinyModel } from './tiny-model.js';

let model: Model & { batches: number[] };
let x: tf.Tensor;
const labels = [0, 1, 2, 1];
const sampleIndices = [7, 3, 19, 42];
const exact = { rtol: 0, atol: 0 };
const float32 = { rtol: 1e-5, atol: 1e-6 };

beforeAll(async () => {
  await activateBackend('cpu');
  model = tinyModel();
  x = tf.tensor(createRng(2).uniforms(4 * 16), [4, 4, 4, 1]);
});
afterAll(() => {
  model.dispose();
  x.dispose();
});

function inputOf(rows = [0, 1, 2, 3], more: Partial<LossInput> = {}): LossInput {
  const indices = tf.tensor1d(rows, 'int32');
  const rowLabels = tf.tensor1d(
    rows.map((row) => labels[row]!),
    'int32',
  );
  return {
    ...{ model, mode: inference, rng: createRng(4), step: 0, steps: 10 },
    ...{ x: tf.gather(x, indices), labels: rowLabels, sampleIndices: rows.map((row) => sampleIndices[row]!) },
    ...more,
  };
}

async function viewsOf(options: FclOptions, rows?: number[], more?: Partial<LossInput>) {
  return fcl({ warmUpFraction: 0, ...options }).doPrepare!(inputOf(rows, more));
}

async function valueOf(loss: Loss, input: LossInput) {
  const prepared = await loss.doPrepare!(input);
  const { total, parts } = tf.tidy(
    () => loss.doCompute(input, prepared) as unknown as tf.TensorContainerObject,
  ) as unknown as ReturnType<Loss['doCompute']>;
  return {
    total: total.dataSync()[0]!,
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.dataSync()[0]!])),
  };
}

const variants: [string, FclOptions][] = [
  ['the default', {}],
  ['margin utility', { utility: 'margin' }],
  ['finite utility', { utility: 'finite', finite: { blockSize: 2 } }],
  ['blurred utility', { blurSize: 3 }],
  ['random masks', { masks: 'random' }],
  ['oracle masks', { masks: 'oracle', oracle: { boxes: [{ top: 0, left: 0, height: 2, width: 2 }], inside: [0, 1] } }],
  ['all entries', { masks: 'all' }],
  ['random low entries', { lowRule: 'random' }],
  ['equal energy', { equaliseEnergy: true, lowRule: 'bottom' }],
  ['an erased high view', { high: { type: 'erase' } }],
  ['unclipped noise of one size', { low: { type: 'noise', sigma: 0.3, clip: false } }],
];

describe('views', () => {
  test.each(variants)('%s: the views of a sample do not depend on its batch', async (_name, options) => {
    const whole = await viewsOf(options);
    const part = await viewsOf(options, [2, 0]);
    const rows = tf.tensor1d([2, 0], 'int32');
    expect(Object.keys(part).sort()).toEqual(['high', 'low']);
    for (const view of ['high', 'low']) expectClose(part[view]!, tf.gather(whole[view]!, rows), float32, view);
  });

  test.each(variants)('%s: the same stream gives the same views, another one others', async (_name, options) => {
    const first = await viewsOf(options);
    const again = await viewsOf(options);
    const other = await viewsOf(options, undefined, { rng: createRng(5) });
    for (const view of ['high', 'low']) expectClose(again[view]!, first[view]!, exact, view);
    expect([...other['low']!.dataSync()]).not.toEqual([...first['low']!.dataSync()]);
  });

  test('the low view differs from the input only outside of the k entries of highest utility', async () => {
    const { low, high } = await viewsOf({
      low: { type: 'noise', sigma: 1, clip: false },
      high: { type: 'noise', sigma: 1, clip: false },
    });
    const moved = (view: tf.Tensor) => [...tf.notEqual(view, x).dataSync()];
    const lowMoved = moved(low!);
    expect(moved(high!)).toEqual(lowMoved.map((value) => 1 - value));
    for (let row = 0; row < 4; row++) {
      expect(lowMoved.slice(row * 16, (row + 1) * 16).filter((value) => value === 0)).toHaveLength(3);
    }
  });

  test('clipped views stay within the bounds, unclipped ones do not', async () => {
    const range = async (clip: boolean) => {
      const { low } = await viewsOf({ low: { type: 'noise', sigma: 2, clip } });
      return [tf.min(low!).dataSync()[0]!, tf.max(low!).dataSync()[0]!] as const;
    };
    expect(await range(true)).toEqual([0, 1]);
    const [lowest, highest] = await range(false);
    expect(lowest).toBeLessThan(0);
    expect(highest).toBeGreaterThan(1);
  });

  test('noise has the standard deviation that is asked for, fixed or within the range', async () => {
    const size = 4096;
    const wide = tinyModel(1, [size]);
    const input = inputOf(undefined, { model: wide, x: tf.zeros([4, size]) });
    const deviations = async (sigma: number | [number, number]) => {
      const loss = fcl({
        masks: 'all',
        relation: 'none',
        low: { type: 'noise', sigma, clip: false },
        warmUpFraction: 0,
      });
      const { low } = await loss.doPrepare!(input);
      return [...tf.sqrt(tf.mean(tf.square(low!), 1)).dataSync()];
    };
    // The relative error of a standard deviation from n draws is 1/sqrt(2n) = 1.1 %; five of those.
    for (const deviation of await deviations(0.3)) expect(Math.abs(deviation / 0.3 - 1)).toBeLessThan(0.056);
    const drawn = await deviations([0.1, 0.5]);
    for (const deviation of drawn) expect(deviation).toBeGreaterThan(0.09);
    for (const deviation of drawn) expect(deviation).toBeLessThan(0.53);
    expect(new Set(drawn.map((deviation) => deviation.toFixed(2))).size).toBeGreaterThan(1);
    wide.dispose();
  });

  test('swap replaces the masked entries by those of another image of the batch', async () => {
    const { high } = await viewsOf({ masks: 'all', high: { type: 'swap' } });
    const images = x.arraySync() as number[][][][];
    (high!.arraySync() as number[][][][]).forEach((view, row) => {
      const distance = (other: number[][][]) =>
        Math.max(...view.flat(2).map((value, index) => Math.abs(value - other.flat(2)[index]!)));
      expect(images.findIndex((image) => distance(image) < 1e-6)).not.toBe(row);
      expect(images.some((image) => distance(image) < 1e-6)).toBe(true);
    });
  });

  test('swap in a batch of one changes nothing', async () => {
    const { high } = await viewsOf({ masks: 'all', high: { type: 'swap' } }, [1]);
    expectClose(high!, inputOf([1]).x, float32);
  });

  test('erase puts its value in the place of the masked entries', async () => {
    const { high } = await viewsOf({ masks: 'all', high: { type: 'erase', value: 0.25 } });
    expectClose(high!, new Array<number>(64).fill(0.25), float32);
  });

  test('equal energy gives both displacements the same norm', async () => {
    const noise = { type: 'noise', sigma: 0.3, clip: false } as const;
    const { low, high } = await viewsOf({ equaliseEnergy: true, low: noise, high: noise });
    const norms = (view: tf.Tensor) => tf.norm(tf.reshape(tf.sub(view, x), [4, 16]), 2, 1);
    expectClose(norms(low!), norms(high!), { rtol: 1e-4, atol: 1e-5 });
  });
});

describe('the loss', () => {
  test('the default adds the low view with weight 1 and the relation with weight 0.2', async () => {
    const { total, parts } = await valueOf(fcl({ warmUpFraction: 0 }), inputOf());
    expect(Object.keys(parts)).toEqual(['crossEntropy', 'lowView', 'relation']);
    expect(total).toBeCloseTo(parts['crossEntropy']! + parts['lowView']! + 0.2 * parts['relation']!, 5);
  });

  test('each part is the mean that its formula gives on the prepared views', async () => {
    const loss = fcl({ warmUpFraction: 0, highViewWeight: 0.5, relation: 'hinge', margin: 3, embedding: 'raw' });
    const input = inputOf();
    const { low, high } = await loss.doPrepare!(input);
    const { parts } = loss.doCompute(input, { low: low!, high: high! });
    const mean = (view: tf.Tensor) => tf.mean(crossEntropy(model.forward(view, inference).logits!, input.labels));
    expectClose(parts['lowView']!, mean(low!), float32);
    expectClose(parts['highView']!, mean(high!), float32);
    const rows = [input.x, low!, high!].map((view) => model.forward(view, inference).embedding.arraySync());
    const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, index) => value - b[index]!));
    const terms = rows[0]!.map(
      (clean, row) => Math.max(0, 3 - distance(clean, rows[2]![row]!)) + distance(clean, rows[1]![row]!) ** 2,
    );
    expectClose(parts['relation']!, [terms.reduce((sum, term) => sum + term, 0) / 4], float32);
  });

  test('pull on unit embeddings is 2 (1 - cos)', async () => {
    const loss = fcl({ warmUpFraction: 0, relation: 'pull' });
    const input = inputOf();
    const prepared = await loss.doPrepare!(input);
    const [a, b] = [input.x, prepared['low']!].map((view) => model.forward(view, inference).embedding.arraySync());
    const cosine = (u: number[], v: number[]) =>
      u.reduce((sum, value, index) => sum + value * v[index]!, 0) / (Math.hypot(...u) * Math.hypot(...v));
    const wanted = a!.reduce((sum, row, index) => sum + 2 * (1 - cosine(row, b![index]!)), 0) / 4;
    expectClose(loss.doCompute(input, prepared).parts['relation']!, [wanted], float32);
  });

  test('in-batch with anchors sums over the own high view and all other clean inputs', async () => {
    const loss = fcl({
      warmUpFraction: 0,
      relation: 'in-batch',
      negatives: 'own-high-view-and-anchors',
      temperature: 0.5,
    });
    const input = inputOf();
    const prepared = await loss.doPrepare!(input);
    const unit = [input.x, prepared['low']!, prepared['high']!].map((view) =>
      model
        .forward(view, inference)
        .embedding.arraySync()
        .map((row) => row.map((value) => value / Math.hypot(...row))),
    );
    const dot = (u: number[], v: number[]) => u.reduce((sum, value, index) => sum + value * v[index]!, 0) / 0.5;
    const [clean, low, high] = unit as [number[][], number[][], number[][]];
    const terms = clean.map((anchor, i) => {
      const others = clean.flatMap((other, j) => (j === i ? [] : [dot(anchor, other)]));
      const all = [dot(anchor, low[i]!), dot(anchor, high[i]!), ...others];
      return Math.log(all.reduce((sum, value) => sum + Math.exp(value), 0)) - all[0]!;
    });
    expectClose(loss.doCompute(input, prepared).parts['relation']!, [terms.reduce((a, b) => a + b, 0) / 4], float32);
  });

  test('a dead embedding gives finite gradients, not NaN', async () => {
    const weights = model.variables.get('w')!;
    const kept = tf.clone(weights);
    weights.assign(tf.zerosLike(weights));
    const loss = fcl({ warmUpFraction: 0 });
    const input = inputOf();
    const prepared = await loss.doPrepare!(input);
    const { grads } = tf.variableGrads(() => loss.doCompute(input, prepared).total, [weights]);
    expect(Object.values(grads).every((gradient) => [...gradient.dataSync()].every(Number.isFinite))).toBe(true);
    weights.assign(kept);
  });

  const plain = async (options: FclOptions, more?: Partial<LossInput>) => {
    const input = inputOf(undefined, more);
    const { total, parts } = await valueOf(fcl(options), input);
    const wanted = tf.mean(crossEntropy(model.forward(input.x, inference).logits!, input.labels)).dataSync()[0]!;
    return { total, parts: Object.keys(parts), wanted };
  };

  test('the first 30 % of the steps are plain cross-entropy by default', async () => {
    for (const step of [0, 2]) {
      const { total, parts, wanted } = await plain({}, { step });
      expect(total).toBeCloseTo(wanted, 6);
      expect(parts).toEqual(['crossEntropy']);
    }
    expect((await plain({}, { step: 3 })).parts).toEqual(['crossEntropy', 'lowView', 'relation']);
  });

  test('warmUpSteps wins over warmUpFraction', async () => {
    expect((await plain({ warmUpSteps: 1, warmUpFraction: 1 }, { step: 0 })).parts).toEqual(['crossEntropy']);
    expect((await plain({ warmUpSteps: 1, warmUpFraction: 1 }, { step: 1 })).parts).toContain('lowView');
  });

  test('with no weights beside it, it is plain cross-entropy', async () => {
    const { total, wanted } = await plain({ warmUpFraction: 0, lowViewWeight: 0, relationWeight: 0 });
    expect(total).toBeCloseTo(wanted, 6);
  });

  const forwardBatches = async (options: FclOptions, more?: Partial<LossInput>) => {
    model.batches.length = 0;
    await valueOf(fcl({ warmUpFraction: 0, ...options }), inputOf(undefined, more));
    return [...model.batches];
  };

  test('runs the network once for the utility and once for all views, and no view that is not needed', async () => {
    expect(await forwardBatches({})).toEqual([4, 12]);
    expect(await forwardBatches({ relation: 'none' })).toEqual([4, 8]);
    expect(await forwardBatches({ relationWeight: 0 })).toEqual([4, 8]);
    expect(await forwardBatches({ relation: 'pull' })).toEqual([4, 8]);
    expect(await forwardBatches({ relation: 'none', masks: 'random' })).toEqual([8]);
    expect(await forwardBatches({ relation: 'none', lowViewWeight: 0 })).toEqual([4]);
    expect(await forwardBatches({ warmUpFraction: 0.5 })).toEqual([4]);
  });

  test.each(variants)('%s: frees all but what it returns', async (_name, options) => {
    const input = inputOf();
    const loss = fcl({ warmUpFraction: 0, ...options });
    const before = tf.memory().numTensors;
    const prepared = await loss.doPrepare!(input);
    expect(tf.memory().numTensors).toBe(before + Object.keys(prepared).length);
    const value = tf.tidy(() => loss.doCompute(input, prepared) as unknown as tf.TensorContainer);
    disposeAll([value, prepared]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('options', () => {
  test.each([
    [{ fraction: 0 }, /fraction/],
    [{ blurSize: 2 }, /odd/],
    [{ masks: 'oracle' }, /oracle: Required by masks/],
    [{ low: { type: 'noise', sigma: [0.5, 0.1] } }, /low/],
    [{ temperature: 0 }, /temperature/],
    [{ lambda: 1 }, /lambda/],
  ])('%j is refused', (options, message) => {
    expect(() => fcl(options as FclOptions)).toThrow(message);
    try {
      fcl(options as FclOptions);
    } catch (error) {
      expect(EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS')).toBe(true);
    }
  });

  test('blur needs images', async () => {
    const flat = tinyModel(1, [16]);
    const input = { model: flat, x: tf.reshape(x, [4, 16]) };
    await expect(viewsOf({ blurSize: 3 }, undefined, input)).rejects.toThrow(/images/);
    flat.dispose();
  });

  test('a model without logits is refused', async () => {
    const encoder: Model = {
      ...model,
      forward: (batch, mode) => ({ embedding: model.forward(batch, mode).embedding, layers: {} }),
    };
    await expect(viewsOf({}, undefined, { model: encoder })).rejects.toThrow(/logits/);
  });

  test('the plugin brings the component', () => {
    expect(plugin.components).toEqual([fclComponent]);
    expect(fclComponent.name).toBe('fcl');
  });
});
