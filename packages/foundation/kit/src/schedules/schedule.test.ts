import { EquipoiseError } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import { createSchedule, type LearningRate, scheduleSchema } from './schedule.js';

function rates(options: LearningRate, steps: readonly number[], total = 100): number[] {
  const schedule = createSchedule(options);
  return steps.map((step) => Number(schedule(step, total).toPrecision(10)));
}

describe('createSchedule', () => {
  test('a number is a constant rate', () => {
    expect(rates(0.1, [0, 5, 1000])).toEqual([0.1, 0.1, 0.1]);
  });

  test('linear falls from the full rate after the warm-up to the last one, and stays there', () => {
    const options = { schedule: 'linear', learningRate: 1, finalLearningRate: 0.2, warmUpSteps: 20 } as const;
    expect(rates(options, [0, 10, 20, 60, 100, 200])).toEqual([0, 0.5, 1, 0.6, 0.2, 0.2]);
  });

  test('cosine follows the steps of the training, or its own', () => {
    const options = { schedule: 'cosine', learningRate: 2 } as const;
    expect(rates(options, [0, 25, 50, 100], 100)).toEqual([2, 1.707106781, 1, 0]);
    expect(rates({ ...options, totalSteps: 50 }, [0, 25, 50, 100], 100)).toEqual([2, 1, 0, 0]);
  });

  test('a cosine whose warm-up fills the training ends at the last rate', () => {
    const options = { schedule: 'cosine', learningRate: 1, warmUpSteps: 10 } as const;
    expect(rates(options, [0, 5, 9, 10, 11], 10)).toEqual([0, 0.5, 0.9, 1, 0]);
  });

  test('every schedule can warm up', () => {
    expect(rates({ schedule: 'constant', learningRate: 4, warmUpSteps: 4 }, [0, 1, 4, 9])).toEqual([0, 1, 4, 4]);
    const decay = { schedule: 'stepDecay', learningRate: 4, boundaries: [2, 8], warmUpSteps: 4 } as const;
    expect(rates(decay, [1, 2, 4, 8])).toEqual([1, 0.2, 0.4, 0.04]);
  });

  test('exponential falls by its factor in its number of steps', () => {
    const options = { schedule: 'exponential', learningRate: 1, factor: 0.25, decaySteps: 10 } as const;
    expect(rates(options, [0, 5, 10, 20])).toEqual([1, 0.5, 0.25, 0.0625]);
  });

  test('piecewise goes through its points in straight lines and is constant outside', () => {
    const points = [
      [2, 0],
      [4, 1],
      [8, 0.5],
    ] as const;
    expect(rates({ schedule: 'piecewise', points }, [0, 2, 3, 4, 6, 8, 99])).toEqual([0, 0, 0.5, 1, 0.75, 0.5, 0.5]);
    expect(rates({ schedule: 'piecewise', points: [[0, 0.3]] }, [0, 5])).toEqual([0.3, 0.3]);
  });

  test('one cycle is finite and within its limits for trainings of any length', () => {
    for (const total of [1, 2, 3, 4, 100]) {
      for (const warmUpFraction of [0, 0.3, 1]) {
        const schedule = createSchedule({ schedule: 'oneCycle', maxLearningRate: 1, warmUpFraction });
        for (let step = 0; step <= total; step++) {
          const rate = schedule(step, total);
          expect(rate).toBeGreaterThan(0);
          expect(rate).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe('bad options', () => {
  const messageOf = (options: unknown): string => {
    try {
      createSchedule(options as LearningRate);
    } catch (error) {
      if (EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS')) return error.message;
    }
    return '';
  };

  test.each([
    [-1, /Too small: expected number to be >=0/],
    [NaN, /Invalid options for learning rate/],
    ['fast', /Expected a number >= 0 or the options of a schedule/],
    [
      { schedule: 'cosin', learningRate: 1 },
      /schedule: Invalid discriminator value. Expected 'constant' \| 'linear' \| 'cosine'/,
    ],
    [{ schedule: 'cosine', learningRate: 'x' }, /learningRate: Invalid input: expected number, received string/],
    [{ schedule: 'cosine', learningRate: 1, totalStep: 3 }, /Unrecognized key: "totalStep"/],
    [
      {
        schedule: 'piecewise',
        points: [
          [3, 1],
          [3, 2],
        ],
      },
      /points: Expected the steps of the points to rise/,
    ],
  ])('%j: the message says what is wrong', (options, message) => {
    expect(messageOf(options)).toMatch(message);
  });

  test('every option says what it is', () => {
    for (const schedule of scheduleSchema.options) {
      for (const [name, option] of Object.entries(schedule.shape)) {
        if (name !== 'schedule') expect(option.description, name).toMatch(/\.$/);
      }
    }
  });
});
