import { ShapeError } from '@equipoise/spec';

/** The shape as a tuple of three, or a `ShapeError`: layers over space take height, width, channels. */
export function requireImage(
  layer: string,
  shape: readonly number[],
): readonly [height: number, width: number, channels: number] {
  const [height, width, channels] = shape;
  if (shape.length !== 3) throw new ShapeError(`Input of layer "${layer}"`, [null, null, null], shape);
  return [height as number, width as number, channels as number];
}

/** The number of features, or a `ShapeError`: dense layers take flat inputs. */
export function requireFlat(layer: string, shape: readonly number[]): number {
  if (shape.length !== 1) throw new ShapeError(`Input of layer "${layer}"`, [null], shape);
  return shape[0] as number;
}
