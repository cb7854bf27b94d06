/** The pixels along one axis of the input that lie alike to the strides. */
export interface Phase {
  /** The first of these pixels; the others follow at distances of the stride. */
  readonly first: number;
  readonly count: number;
  /** The taps of the filter that meet them. */
  readonly taps: readonly number[];
  /** The output that the first tap of the phase makes from the first pixel: pixel + padding = output · stride + tap. */
  readonly firstOutput: number;
}

/** The phases along one axis: as many as the stride. */
export function phases(stride: number, filterLength: number, inputLength: number, padBefore: number): Phase[] {
  return Array.from({ length: stride }, (_, tap) => {
    const first = (((tap - padBefore) % stride) + stride) % stride;
    const taps: number[] = [];
    for (let one = tap; one < filterLength; one += stride) taps.push(one);
    return {
      first,
      count: Math.max(0, Math.ceil((inputLength - first) / stride)),
      taps,
      firstOutput: (first + padBefore - tap) / stride,
    };
  });
}
