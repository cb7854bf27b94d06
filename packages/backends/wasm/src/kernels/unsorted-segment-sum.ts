import { floats, integers, type TensorInfo, wasmKernel } from './kernel.js';

/** Adds the rows of x up by segment: out[id] = Σ x[row] over the rows with that id; ids out of range belong to no segment. */
export const unsortedSegmentSum = wasmKernel<
  { readonly x: TensorInfo; readonly segmentIds: TensorInfo },
  { readonly numSegments: number }
>('UnsortedSegmentSum', ({ inputs: { x, segmentIds }, attributes: { numSegments }, backend }) => {
  const rowShape = x.shape.slice(segmentIds.shape.length);
  const width = rowShape.reduce((product, length) => product * length, 1);
  const out = backend.makeOutput([numSegments, ...rowShape], x.dtype);
  const sums = floats(backend, out).fill(0);
  const values = floats(backend, x);
  integers(backend, segmentIds).forEach((id, row) => {
    if (id < 0 || id >= numSegments) return;
    for (let column = 0; column < width; column++)
      sums[id * width + column] = (sums[id * width + column] as number) + (values[row * width + column] as number);
  });
  return out;
});
