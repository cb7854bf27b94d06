import * as tf from '@tensorflow/tfjs-core';
import { type TensorInfo, webgpuKernel } from './kernel.js';
import { runElementwise } from './program.js';

/**
 * Elementary functions to float32 accuracy. WGSL allows `sin`, `cos`, `asin` and `acos` errors of 2⁻¹¹ and `atan` of 4096 units in the last place,
 * and TensorFlow.js's `expm1`, `log1p`, `tanh` and `sinh` lose all digits near zero;
 * drivers may make a number of what is not one, which would hide it. Polynomials: S. Moshier, Cephes (1989).
 */
const declarations = `
  fn quarterTurns(x : f32) -> f32 { return round(x * 0.6366197723675814); }
  fn rest(x : f32, turns : f32) -> f32 {
    return ((x - turns * 1.5703125) - turns * 4.837512969970703e-4) - turns * 7.549789954891882e-8;
  }
  fn sineOf(r : f32) -> f32 {
    let z = r * r;
    return ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  }
  fn cosineOf(r : f32) -> f32 {
    let z = r * r;
    return ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
  }
  fn sineAfter(x : f32, ahead : i32) -> f32 {
    let turns = quarterTurns(x);
    let r = rest(x, turns);
    let quadrant = (i32(turns) + ahead) & 3;
    let value = select(sineOf(r), cosineOf(r), (quadrant & 1) == 1);
    return select(value, -value, quadrant >= 2);
  }
  fn arcTangent(x : f32) -> f32 {
    let a = abs(x);
    let isLarge = a > 2.414213562373095;
    let isMiddle = !isLarge && a > 0.4142135623730950;
    let r = select(select(a, (a - 1.0) / (a + 1.0), isMiddle), -1.0 / a, isLarge);
    let base = select(select(0.0, 0.7853981633974483, isMiddle), 1.5707963267948966, isLarge);
    let z = r * r;
    let series = (((8.05374449538e-2 * z - 1.38776856032e-1) * z + 1.99777106478e-1) * z - 3.33329491539e-1) * z * r + r;
    return select(base + series, -(base + series), x < 0.0);
  }
  fn exponentialLessOne(x : f32) -> f32 {
    let near = x * (1.0 + x * (0.5 + x * (1.6666667e-1 + x * (4.1666667e-2 + x * (8.3333333e-3 + x * (1.3888889e-3 +
      x * (1.9841270e-4 + x * 2.4801587e-5)))))));
    return select(exp(x) - 1.0, near, abs(x) < 0.5);
  }
  fn logarithmOfOneMore(x : f32) -> f32 {
    let s = x / (2.0 + x);
    let z = s * s;
    let near = 2.0 * s * (1.0 + z * (3.3333333e-1 + z * (0.2 + z * (1.4285714e-1 + z * (1.1111111e-1 + z * (9.0909091e-2 +
      z * 7.6923077e-2))))));
    return select(log(1.0 + x), near, abs(x) < 0.5);
  }
  fn hyperbolicSine(x : f32) -> f32 {
    let a = abs(x);
    let e = exponentialLessOne(a);
    let value = select(0.5 * (e + e / (e + 1.0)), exp(a - 0.6931471805599453), a > 20.0);
    return select(value, -value, x < 0.0);
  }
  fn hyperbolicTangent(x : f32) -> f32 {
    let e = exponentialLessOne(-2.0 * abs(x));
    let value = -e / (e + 2.0);
    return select(value, -value, x < 0.0);
  }
  fn areaSine(x : f32) -> f32 {
    let a = abs(x);
    let near = logarithmOfOneMore(a + a * a / (1.0 + sqrt(1.0 + a * a)));
    let value = select(near, log(a) + 0.6931471805599453, a > 1e9);
    return select(value, -value, x < 0.0);
  }
  fn areaCosine(x : f32) -> f32 {
    let t = x - 1.0;
    return select(logarithmOfOneMore(t + sqrt(2.0 * t + t * t)), log(x) + 0.6931471805599453, x > 1e9);
  }
  fn areaTangent(x : f32) -> f32 {
    let value = 0.5 * logarithmOfOneMore(2.0 * abs(x) / (1.0 - abs(x)));
    return select(value, -value, x < 0.0);
  }
`;

const outsideOne = 'abs(x) > 1.0';

/** The WGSL expression of each kernel in x, and where the function does not exist. */
const functions: Readonly<Record<string, readonly [expression: string, undefinedWhere?: string]>> = {
  Acos: ['2.0 * arcTangent(sqrt((1.0 - x) / (1.0 + x)))', outsideOne],
  Acosh: ['areaCosine(x)', 'x < 1.0'],
  Asin: ['arcTangent(x / sqrt((1.0 - x) * (1.0 + x)))', outsideOne],
  Asinh: ['areaSine(x)'],
  Atan: ['arcTangent(x)'],
  Atanh: ['areaTangent(x)', outsideOne],
  Cos: ['sineAfter(x, 1)'],
  Cosh: ['0.5 * (exp(x) + exp(-x))'],
  Elu: ['select(exponentialLessOne(x), x, x >= 0.0)'],
  Exp: ['exp(x)'],
  Expm1: ['exponentialLessOne(x)'],
  Log: ['log(x)', 'x < 0.0'],
  Log1p: ['logarithmOfOneMore(x)', 'x < -1.0'],
  Selu: [
    `select(${tf.backend_util.SELU_SCALEALPHA} * exponentialLessOne(x), ${tf.backend_util.SELU_SCALE} * x, x >= 0.0)`,
  ],
  Sigmoid: ['1.0 / (1.0 + exp(-x))'],
  Sin: ['sineAfter(x, 0)'],
  Sinh: ['hyperbolicSine(x)'],
  Softplus: ['max(x, 0.0) + logarithmOfOneMore(exp(-abs(x)))'],
  Tan: ['sineAfter(x, 0) / sineAfter(x, 1)'],
  Tanh: ['hyperbolicTangent(x)'],
};

function elementaryKernel(
  kernelName: string,
  [expression, undefinedWhere = 'false']: readonly [string, string?],
): tf.KernelConfig {
  const program = {
    name: kernelName,
    inputs: ['X'],
    declarations,
    expression: `select(${expression}, uniforms.NAN, isnan(x) || ${undefinedWhere})`,
  };
  return webgpuKernel<{ readonly x: TensorInfo }>(kernelName, ({ inputs: { x }, backend }) =>
    runElementwise(backend, program, [x]),
  );
}

/** The kernels of the elementary functions. */
export const elementaryKernels = Object.entries(functions).map(([name, definition]) =>
  elementaryKernel(name, definition),
);
