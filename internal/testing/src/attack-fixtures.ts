import type { Activations, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { fixtureArray, fixtureTensor, forEachFixture, type FixtureCase, type Tolerance } from './fixtures.js';

/** What a case of the topic `attacks` is about. */
export type AttackFixtureKind =
  'auto-pgd' | 'deepfool' | 'log-barrier' | 'minimal-distance' | 'momentum' | 'projected-gradient' | 'single-step';

/** The kind of a case, by its options and by what it expects, whatever its file is called. */
export function attackFixtureKind({ options, expected }: FixtureCase): AttackFixtureKind | undefined {
  if ('minimalDistance' in expected) return 'minimal-distance';
  if ('rho' in options) return 'auto-pgd';
  if ('overshoot' in options) return 'deepfool';
  if ('gamma' in options) return 'log-barrier';
  if ('decay' in options) return 'momentum';
  if ('stepSize' in options) return 'projected-gradient';
  return 'eps' in options ? 'single-step' : undefined;
}

/** What a check of an attack gets: the case, its model and tensors, which are freed afterwards. */
export interface AttackFixture {
  readonly fixture: FixtureCase;
  readonly tolerance: Tolerance;
  readonly model: Model;
  readonly x: tf.Tensor;
  readonly labels: tf.Tensor1D;
  readonly start?: tf.Tensor;
}

/** Registers a test for every case of these kinds; the first kind of all also registers a failure for a case of no kind. */
export function forEachAttackFixture(
  kinds: readonly AttackFixtureKind[],
  check: (subject: AttackFixture) => void | Promise<void>,
): void {
  forEachFixture(
    'attacks',
    async (fixture, tolerance, file) => {
      const kind = attackFixtureKind(fixture);
      if (kind === undefined) throw new Error(`No check for attacks/${file}, case ${fixture.id}.`);
      await withFixture(fixture, tolerance, check);
    },
    (fixture) => {
      const kind = attackFixtureKind(fixture);
      return kind === undefined ? kinds.includes('projected-gradient') : kinds.includes(kind);
    },
  );
}

async function withFixture(
  fixture: FixtureCase,
  tolerance: Tolerance,
  check: (subject: AttackFixture) => void | Promise<void>,
): Promise<void> {
  const model = attackFixtureModel(fixture);
  const x = fixtureTensor(fixture.inputs['x']);
  const labels = tf.tidy(() => tf.cast(fixtureTensor(fixture.inputs['labels']), 'int32')) as tf.Tensor1D;
  const start = fixture.inputs['start'] ? fixtureTensor(fixture.inputs['start']) : undefined;
  try {
    await check({ fixture, tolerance, model, x, labels, ...(start ? { start } : {}) });
  } finally {
    model.dispose();
    tf.dispose([x, labels, ...(start ? [start] : [])]);
  }
}

/** The model of a case: `linear`, `mlp-tanh` or `conv-relu`. */
export function attackFixtureModel({ options, inputs }: FixtureCase): Model {
  const weights = new Map(
    Object.entries(inputs)
      .filter(([name]) => name.startsWith('model.'))
      .map(([name, array]) => [name.slice('model.'.length), fixtureTensor(array)] as const),
  );
  const of = (name: string) => weights.get(name) as tf.Tensor2D;
  const dense = (x: tf.Tensor, layer: number) =>
    tf.add(tf.matMul(x as tf.Tensor2D, of(`kernel${layer}`)), of(`bias${layer}`));
  const convolved = (x: tf.Tensor) =>
    tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, weights.get('filter1') as tf.Tensor4D, 1, 'valid'), of('bias1')));
  const forwards: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    linear: (x) => dense(x, 1),
    'mlp-tanh': (x) => dense(tf.tanh(dense(x, 1)), 2),
    'conv-relu': (x) => dense(tf.reshape(convolved(x), [x.shape[0] ?? 0, -1]), 2),
  };
  const forward = forwards[options.model as string];
  if (!forward) throw new Error(`The fixture's model "${options.model}" is unknown.`);
  return {
    inputShape: fixtureArray(inputs['x']).shape.slice(1),
    bounds: options.bounds as [number, number],
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(),
    forward: (x): Activations => {
      const logits = forward(x) as tf.Tensor2D;
      return { logits, embedding: logits, layers: {} };
    },
    dispose: () => tf.dispose([...weights.values()]),
  };
}
