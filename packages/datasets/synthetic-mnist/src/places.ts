/** The corners in the order of the field `place`. */
export const cornerNames = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;

/** Height and width of the images. */
export const imageSize = 28;

/** A rectangle of pixels. */
export interface Box {
  /** First row. */
  readonly top: number;
  /** First column. */
  readonly left: number;
  /** Number of rows. */
  readonly height: number;
  /** Number of columns. */
  readonly width: number;
}

/**
 * The four boxes that corner digits lie in, in the order top left, top right, bottom left, bottom right.
 *
 * @param options size and margin of the corner digits in pixels; the defaults are those of `syntheticMnist`
 */
export function cornerBoxes({ cornerSize = 9, margin = 1 }: { cornerSize?: number; margin?: number } = {}): Box[] {
  const far = imageSize - margin - cornerSize;
  const size = { height: cornerSize, width: cornerSize };
  return [
    { top: margin, left: margin, ...size },
    { top: margin, left: far, ...size },
    { top: far, left: margin, ...size },
    { top: far, left: far, ...size },
  ];
}
