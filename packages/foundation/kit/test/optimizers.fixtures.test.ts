import {
  expectClose,
  type FixtureArray,
  fixtureArray,
  type FixtureCase,
  type FixtureCheck,
  fixtureTensor,
  forEachFixtureByOption,
  onEachBackend,
  type Tolerance,
} from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  clipGlobalNorm,
  createOptimizer,
  createSchedule,
  ema,
  globalNorm,
  type OptimizerOptions,
  takeStep,
  tensorsIn,
} from '../src/index.js';

const STATES = ['velocity', 'firstMoment', 'secondMoment'];

function named(arrays: Readonly<Record<string, FixtureArray>>, prefix: string): Map<string, tf.Tensor> {
  const entries = Object.entries(arrays).filter(([name]) => name.startsWith(`${prefix}.`));
  return new Map(entries.map(([name, array]) => [name.slice(prefix.length + 1), fixtureTensor(array)]));
}

const row = (stack: tf.Tensor, index: number) => tf.squeeze(tf.slice(stack, index, 1), [0]);

function updateRules({ options, inputs, expected }: FixtureCase, tolerance: Tolerance): void {
  const { optimizer: name, learningRate, averageDecay, ...rest } = options;
  const rates: number[] = Array.isArray(learningRate) ? learningRate : new Array(5).fill(learningRate);
  const optimizer = createOptimizer({ name: name.toLowerCase(), learningRate: 1, ...rest } as OptimizerOptions);
  const weights = named(inputs, 'weights');
  const names = [...weights.keys()];
  const gradients = names.map((one) => named(inputs, 'gradients').get(one)!);
  const expectedWeights = named(expected, 'weights');
  const expectedAverages = named(expected, 'average');
  const variables = [...weights.values()].map((value) => tf.variable(value));
  const average = ema({ decay: averageDecay ?? 0.5 });
  let state = optimizer.init(variables);
  let averageState = average.init(variables);
  rates.forEach((rate, step) => {
    state = takeStep(
      optimizer,
      gradients.map((stack) => row(stack, step)),
      state,
      variables,
      rate,
    );
    averageState = average.update(variables, averageState);
    names.forEach((one, index) => {
      expectClose(variables[index]!, row(expectedWeights.get(one)!, step), tolerance, `${one}, step ${step}`);
      if (expectedAverages.size === 0) return;
      const read = average.read(averageState)[index]!;
      expectClose(read, row(expectedAverages.get(one)!, step), tolerance, `average of ${one}, step ${step}`);
    });
  });
  checkStates(state, names, expected, tolerance);
  variables.forEach((variable) => variable.dispose());
}

/** The expected state slots in the order of the rule's own state: velocity, or firstMoment and then secondMoment. */
function checkStates(state: unknown, names: string[], expected: FixtureCase['expected'], tolerance: Tolerance): void {
  const tensors = tensorsIn(state);
  let position = 0;
  for (const slot of STATES) {
    const arrays = named(expected, slot);
    if (arrays.size === 0) continue;
    for (const one of names) expectClose(tensors[position++]!, arrays.get(one)!, tolerance, `${slot} of ${one}`);
  }
}

function clipping({ options, inputs, expected }: FixtureCase, tolerance: Tolerance): void {
  const gradients = named(inputs, 'gradients');
  const values = [...gradients.values()];
  expectClose(globalNorm(values), expected['globalNorm']!, tolerance, 'global norm');
  const { updates } = clipGlobalNorm(options).update(values, {}, values);
  [...gradients.keys()].forEach((name, index) => {
    expectClose(updates[index]!, expected[`clipped.${name}`]!, tolerance, name);
  });
}

function averages({ options, inputs, expected }: FixtureCase, tolerance: Tolerance): void {
  const weights = named(inputs, 'weights');
  const stacks = [...weights.values()];
  const average = ema(options);
  let state = average.init(stacks.map((stack) => row(stack, 0)));
  for (let step = 1; step < stacks[0]!.shape[0]!; step++) {
    state = average.update(
      stacks.map((stack) => row(stack, step)),
      state,
    );
    [...weights.keys()].forEach((name, index) => {
      const want = row(fixtureTensor(expected[`average.${name}`]), step - 1);
      expectClose(average.read(state)[index]!, want, tolerance, `${name}, step ${step}`);
    });
  }
}

function schedules({ options, inputs, expected }: FixtureCase, tolerance: Tolerance): void {
  const steps = fixtureArray(inputs['steps']).data;
  const { totalSteps, ...rest } = options;
  const fromOptions = createSchedule(options);
  expectClose(
    steps.map((step) => fromOptions(step, 7)),
    expected['learningRates']!,
    tolerance,
    'totalSteps as an option',
  );
  if (totalSteps === undefined) return;
  const fromTraining = createSchedule(rest);
  expectClose(
    steps.map((step) => fromTraining(step, totalSteps)),
    expected['learningRates']!,
    tolerance,
    'totalSteps of the training',
  );
}

const checks: Record<string, FixtureCheck> = {
  optimizer: updateRules,
  decay: averages,
  schedule: schedules,
  clipNorm: clipping,
};

onEachBackend(() => forEachFixtureByOption('optimizers', checks));
