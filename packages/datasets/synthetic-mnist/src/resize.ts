import { imageSize } from './places.js';

/** How an image is scaled down. */
export type ResizeMethod = 'area' | 'bilinear';

/** The share of each source pixel in each target pixel along one axis, `[size, 28]`; rows sum to 1. */
function axisWeights(method: ResizeMethod, size: number): Float64Array {
  const weights = new Float64Array(size * imageSize);
  const scale = imageSize / size;
  for (let target = 0; target < size; target++) {
    const centre = (target + 0.5) * scale - 0.5;
    for (let source = 0; source < imageSize; source++) {
      const overlap = Math.min(source + 1, (target + 1) * scale) - Math.max(source, target * scale);
      const share = method === 'area' ? overlap / scale : 1 - Math.abs(source - centre);
      weights[target * imageSize + source] = Math.max(0, share);
    }
  }
  return weights;
}

/**
 * Makes a function that scales a 28x28 image down to `size`x`size`.
 *
 * Area: T_ij = Σ_rc a_ir a_jc S_rc, where a_ir is the share of target row i that source row r covers; the mean over the area.
 * Bilinear: between the four nearest pixels' centres, without smoothing.
 *
 * @param rescale divide by the brightest pixel of the result, unless that is 0
 */
export function createResize(
  method: ResizeMethod,
  size: number,
  rescale: boolean,
): (image: Float32Array) => Float32Array {
  const weights = axisWeights(method, size);
  return (image) => {
    const rows = new Float64Array(size * imageSize);
    multiply(weights, image, rows, size, imageSize, imageSize, false);
    const small = new Float64Array(size * size);
    multiply(rows, weights, small, size, imageSize, size, true);
    const peak = rescale ? small.reduce((largest, value) => Math.max(largest, value), 0) || 1 : 1;
    return Float32Array.from(small, (value) => value / peak);
  };
}

/** out[i, j] = Σ_k left[i, k] right[k, j], or right[j, k] where it is transposed; zeros of `left` are skipped. */
function multiply(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  out: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  transposed: boolean,
): void {
  const [stepInner, stepColumn] = transposed ? [1, inner] : [columns, 1];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = left[i * inner + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) {
        const position = i * columns + j;
        out[position] = (out[position] as number) + factor * (right[k * stepInner + j * stepColumn] as number);
      }
    }
  }
}
