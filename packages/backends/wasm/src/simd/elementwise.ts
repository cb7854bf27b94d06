import { block, type Code, f32x4, type FunctionDefinition, i32, type Local, times } from './assembler.js';

interface Elementwise {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly numbers: number;
  /** The outputs of four (or one) elements from their inputs and from the numbers. */
  compute(inputs: readonly Code[], numbers: readonly Code[]): readonly Code[];
}

/** `name(inputs…, outputs…, count, numbers…)`: computes arrays element by element. */
function elementwise({ name, inputs, outputs, numbers, compute }: Elementwise): FunctionDefinition {
  return {
    name,
    parameters: [...new Array<'i32'>(inputs + outputs + 1).fill('i32'), ...new Array<'f32'>(numbers).fill('f32')],
    body: (frame, parameters) => {
      const places = parameters.slice(0, inputs + outputs);
      const count = parameters[inputs + outputs] as Local;
      const splats = frame.locals('v128', numbers);
      const values = frame.locals('v128', inputs);
      const results = frame.locals('v128', outputs);
      const turn = (load: (address: Code) => Code, store: (address: Code, value: Code) => Code, bytes: number) => {
        const computed = compute(
          values.map((value) => value.get),
          splats.map((splat) => splat.get),
        );
        return block(
          ...values.map((value, index) => value.set(load((places[index] as Local).get))),
          ...results.map((result, index) => result.set(computed[index] as Code)),
          ...results.map((result, index) => store((places[inputs + index] as Local).get, result.get)),
          ...places.map((place) => place.increase(i32.constant(bytes))),
        );
      };
      return block(
        ...splats.map((splat, index) =>
          splat.set(f32x4.splat((parameters[inputs + outputs + 1 + index] as Local).get)),
        ),
        times(frame.local('i32'), i32.quarter(count.get), turn(f32x4.load, f32x4.store, 16)),
        times(frame.local('i32'), i32.remainder4(count.get), turn(f32x4.loadOne, f32x4.storeOne, 4)),
      );
    },
  };
}

/** `gate(dy, x, dx, count, low, high)`: dx = dy where low <= x <= high, else 0. */
export const gate = elementwise({
  name: 'gate',
  inputs: 2,
  outputs: 1,
  numbers: 2,
  compute: ([dy, x], [low, high]) => [
    f32x4.and(
      dy as Code,
      f32x4.and(f32x4.lessOrEqual(low as Code, x as Code), f32x4.lessOrEqual(x as Code, high as Code)),
    ),
  ],
});

/**
 * `adam(gradient, first, second, update, newFirst, newSecond, count, beta1, rest1, beta2, rest2, rate, epsilon)`, with rest = 1 − beta:
 * newFirst = beta1·first + rest1·gradient, newSecond = beta2·second + rest2·gradient², update = rate·newFirst/(√newSecond + epsilon).
 * The order of the operations is that of the optimizer's own composition, so that both give the same bits.
 */
export const adam = elementwise({
  name: 'adam',
  inputs: 3,
  outputs: 3,
  numbers: 6,
  compute: (inputs, numbers) => {
    const [gradient, first, second] = inputs as [Code, Code, Code];
    const [beta1, rest1, beta2, rest2, rate, epsilon] = numbers as [Code, Code, Code, Code, Code, Code];
    const newFirst = f32x4.add(f32x4.multiply(first, beta1), f32x4.multiply(gradient, rest1));
    const square = f32x4.multiply(gradient, gradient);
    const newSecond = f32x4.add(f32x4.multiply(second, beta2), f32x4.multiply(square, rest2));
    const update = f32x4.multiply(f32x4.divide(newFirst, f32x4.add(f32x4.squareRoot(newSecond), epsilon)), rate);
    return [update, newFirst, newSecond];
  },
});

/** `larger(a, b, out, count)`: the larger of two numbers; not a number where one is not. */
export const larger = elementwise({
  name: 'larger',
  inputs: 2,
  outputs: 1,
  numbers: 0,
  compute: ([a, b]) => [f32x4.maximum(a as Code, b as Code)],
});

/** `smaller(a, b, out, count)`: the smaller of two numbers; not a number where one is not. */
export const smaller = elementwise({
  name: 'smaller',
  inputs: 2,
  outputs: 1,
  numbers: 0,
  compute: ([a, b]) => [f32x4.minimum(a as Code, b as Code)],
});
