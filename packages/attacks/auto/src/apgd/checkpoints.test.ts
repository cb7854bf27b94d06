import { describe, expect, test } from 'vitest';
import { checkpoints, shrinkingPhases } from './checkpoints.js';

describe('checkpoints', () => {
  test('are those of the paper for 100 steps', () => {
    expect([...checkpoints(100).keys()]).toEqual([22, 41, 57, 70, 80, 87, 93, 99]);
  });

  test('are one step apart at least, however few steps there are', () => {
    expect([...checkpoints(3)]).toEqual([[1, 1], [2, 1], [3, 1]]); // prettier-ignore
  });
});

describe('phases of shrinking radius', () => {
  test('share the steps as 3, 3 and 4 tenths, each begun by a move', () => {
    expect(shrinkingPhases(100)).toEqual([
      { factor: 3, steps: 30, start: 0 },
      { factor: 2, steps: 30, start: 31 },
      { factor: 1, steps: 40, start: 62 },
    ]);
  });

  test.each([1, 2, 3, 4, 5, 10])('make %i steps in all, and end in the ball itself', (steps) => {
    const phases = shrinkingPhases(steps);
    expect(phases.reduce((sum, phase) => sum + phase.steps, 0)).toBe(steps);
    expect(phases.at(-1)!.factor).toBe(1);
    expect(Math.min(...phases.map((phase) => phase.steps))).toBeGreaterThanOrEqual(0);
  });
});
