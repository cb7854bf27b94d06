import { createContext, createRegistry } from '@equipoise/core';
import { plugin as mnistPlugin } from '@equipoise/dataset-mnist';
import { describe, expect, test } from 'vitest';
import { plugin } from '../src/index.js';

const registry = createRegistry().use(mnistPlugin).use(plugin);
const context = createContext({ seed: 1 });

describe('from JSON', () => {
  test('the digits are made', async () => {
    const options = { digits: { use: 'mnist' }, cornerProbability: 0.05, count: { test: 100 } };
    const data = await registry.createUnknown('dataset', 'synthetic-mnist', options, context);
    expect((await data.split('test-with-corner')).size).toBe(100);
    expect(data.info.provenance).toMatchObject({ cornerProbability: 0.05, of: { name: 'mnist' } });
  });

  test('missing digits are an error that says what to write', async () => {
    const making = registry.createUnknown('dataset', 'synthetic-mnist', { cornerProbability: 0.05 }, context);
    await expect(making).rejects.toThrow(/digits: .*\{ "use": "mnist" \}/);
  });
});
