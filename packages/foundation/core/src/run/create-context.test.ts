import type { RunEvent } from '@equipoise/spec';
import { expect, test } from 'vitest';
import { createContext } from './create-context.js';

test('the same seed gives the same stream, another seed another one', () => {
  const draw = (seed?: number | string) =>
    createContext(seed === undefined ? {} : { seed })
      .rng.fork('x')
      .uint32();
  expect(draw(3)).toBe(draw(3));
  expect(draw()).toBe(draw(0));
  expect(new Set([draw(0), draw(1), draw('1')]).size).toBe(3);
});

test('hands on the signal and the ear', () => {
  const { signal } = new AbortController();
  const heard: RunEvent[] = [];
  const context = createContext({ signal, report: (event) => heard.push(event) });
  context.report({ type: 'progress', label: 'x', done: 1, total: 2 });
  expect(context.signal).toBe(signal);
  expect(heard).toHaveLength(1);
  expect(() => createContext().report(heard[0] as RunEvent)).not.toThrow();
});

test('refuses a seed that is not finite', () => {
  expect(() => createContext({ seed: NaN })).toThrow(expect.objectContaining({ code: 'EQUIPOISE_INVALID_OPTIONS' }));
});
