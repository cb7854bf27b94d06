import { encodeSafetensors } from '@equipoise/kit';
import { expect, test } from 'vitest';
import { decodeTrainingState, encodeTrainingState } from './training-state.js';

test('a state comes back as it was, with facts that JSON alone would lose', () => {
  const state = {
    step: 1200,
    arrays: { 'model.w': { shape: [2], data: Float32Array.of(0.1, -0.2) }, t: { shape: [], data: Int32Array.of(3) } },
    facts: { best: { metric: -Infinity, at: null }, patience: [1, NaN, Infinity], name: 'σ = 0.3', done: false },
  };
  expect(decodeTrainingState(encodeTrainingState(state), 'x')).toEqual(state);
});

test('other safetensors files are refused', () => {
  expect(() => decodeTrainingState(encodeSafetensors({}), 'weights.safetensors')).toThrow(
    'weights.safetensors holds arrays, but not the state of a training.',
  );
});

test('a later version of the format is refused by name', () => {
  const bytes = encodeSafetensors({}, { format: 'equipoise.training-state', version: '2', step: '0', facts: '{}' });
  expect(() => decodeTrainingState(bytes, 'x')).toThrow('x has version 2 of the format; understood: 1.');
});
