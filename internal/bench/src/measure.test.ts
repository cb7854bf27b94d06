import { expect, test } from 'vitest';
import { asSpeed, asTimes, measure } from './measure.js';

/** A clock that stands still but for what steps add. */
function fakeClock() {
  let time = 0;
  return { now: () => time, takes: (milliseconds: number) => () => void (time += milliseconds) };
}

test('steps run in turn, the warm-up is not timed, and each run gives a value', async () => {
  const clock = fakeClock();
  const order: string[] = [];
  const step = (name: string, milliseconds: number) => () => {
    order.push(name);
    clock.takes(milliseconds)();
  };
  const timings = await measure({ a: step('a', 2), b: step('b', 5) }, { values: 3, warmUp: 1 }, clock.now);
  expect(order.join('')).toBe('abababab');
  expect(timings.a.milliseconds).toEqual([2, 2, 2]);
  expect(timings.b.milliseconds).toEqual([5, 5, 5]);
});

test('a step that is done later is waited for', async () => {
  const clock = fakeClock();
  const step = async () => {
    await Promise.resolve();
    clock.takes(9)();
  };
  const { step: timing } = await measure({ step }, { values: 2, warmUp: 0 }, clock.now);
  expect(timing.milliseconds).toEqual([9, 9]);
});

test('when the time is up no further round is begun, but one value is always taken', async () => {
  const clock = fakeClock();
  const options = { values: 100, warmUp: 100, limitSeconds: 0.025 };
  const { slow } = await measure({ slow: clock.takes(40) }, options, clock.now);
  const { quick } = await measure({ quick: clock.takes(10) }, options, clock.now);
  expect(slow.milliseconds).toEqual([40]);
  expect(quick.milliseconds).toEqual([10, 10, 10]);
});

test('a speed is work by time', () => {
  const timing = { milliseconds: [100, 50, 200], otherCpu: 0.02 };
  const subject = { workload: 'w', backend: 'b', case: 'c', details: { batch: 4 } };
  const common = { workload: 'w', backend: 'b', case: 'c', n: 3, other_cpu: 0.02 };
  expect(asSpeed(subject, 2, timing)).toEqual({
    ...common,
    unit: 'GFLOP/s',
    median: 20,
    min: 10,
    max: 40,
    details: { batch: 4, gflop: 2 },
  });
  expect(asTimes(subject, 'ms/step', timing)).toEqual({
    ...common,
    unit: 'ms/step',
    median: 100,
    min: 50,
    max: 200,
    details: { batch: 4 },
  });
});
