import {
  expectClose,
  type FixtureCheck,
  fixtureTensor,
  forEachFixtureByOption,
  onEachBackend,
} from '@equipoise/internal-testing';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  dualNorm,
  dualOrder,
  projectBall,
  projectL1Box,
  projectSimplex,
  proxNorm,
  proxTotalVariation,
  sampleNorm,
  steepestDirection,
  totalVariation,
} from '../src/index.js';

const order = (p: number | 'inf') => (p === 'inf' ? Infinity : p);

const checks: Record<string, FixtureCheck> = {
  isotropic: ({ options, inputs, expected }, tolerance) => {
    const z = fixtureTensor(inputs['z']);
    const { isotropic, mu } = options as { isotropic: boolean; mu: number };
    expectClose(totalVariation(z, { isotropic }), expected['totalVariation']!, tolerance, 'total variation');
    const prox = proxTotalVariation(z, mu, { isotropic });
    expectClose(prox, expected['prox']!, tolerance, 'prox');
    const distance = tf.mul(tf.sum(tf.square(tf.sub(prox, z)), [1, 2, 3]), 0.5);
    const objective = tf.add(distance, tf.mul(totalVariation(prox, { isotropic }), mu));
    expectClose(objective, expected['objective']!, tolerance, 'objective');
  },
  bounds: ({ options, inputs, expected }, tolerance) => {
    const x = fixtureTensor(inputs['x']);
    const delta = fixtureTensor(inputs['delta']);
    const projection = projectL1Box(delta, x, options.radius, options.bounds);
    expectClose(projection, expected['projection']!, tolerance, 'projection');
    expectClose(sampleNorm(projection, 'l1'), expected['norm']!, tolerance, 'norm');
    const [low, high] = options.bounds as [number, number];
    const ballThenBox = tf.sub(tf.clipByValue(tf.add(x, projectBall(delta, 'l1', options.radius)), low, high), x);
    expectClose(ballThenBox, expected['ballThenBox']!, tolerance, 'ball, then box');
  },
  set: ({ options, inputs, expected }, tolerance) => {
    const x = fixtureTensor(inputs['x']);
    const projection =
      options.set === 'simplex'
        ? projectSimplex(x, options.radius)
        : projectBall(x, options.set as Norm, options.radius);
    expectClose(projection, expected['projection']!, tolerance, 'projection');
  },
  p: ({ options, inputs, expected }, tolerance) => {
    const x = fixtureTensor(inputs['x']);
    const p = order(options.p);
    expectClose(sampleNorm(x, p), expected['norm']!, tolerance, 'norm');
    if (p === 0) return;
    expect(dualOrder(p)).toBeCloseTo(order(options.dualP), 12);
    expectClose(dualNorm(x, p), expected['dualNorm']!, tolerance, 'dual norm');
    expectClose(steepestDirection(x, p), expected['steepestDirection']!, tolerance, 'steepest direction');
  },
  norm: ({ options, inputs, expected }, tolerance) => {
    const z = fixtureTensor(inputs['z']);
    const center = fixtureTensor(inputs['center']);
    const prox = tf.add(center, proxNorm(tf.sub(z, center), options.norm, options.mu));
    expectClose(prox, expected['prox']!, tolerance, 'prox');
  },
};

onEachBackend(() => forEachFixtureByOption('projections', checks));
