import type { ReportImage } from '@equipoise/spec';
import { DataError } from '@equipoise/spec';

/** A colour: red, green, blue from 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number];

/** How many colours a colour map is cut into. */
const shades = 256;

function parseColour(text: string): Colour {
  const hex = /^#(..)(..)(..)$/.exec(text);
  const parts = hex === null ? (text.match(/\d+/g) ?? []) : hex.slice(1).map((part) => parseInt(part, 16));
  const [red = 0, green = 0, blue = 0] = parts.map(Number);
  return [red, green, blue];
}

/** The colours of a colour map from low to high: grey, inferno, or blue over white to red. */
export async function colourScale(map: NonNullable<ReportImage['colormap']>): Promise<readonly Colour[]> {
  const { interpolateInferno, interpolateRdBu } = await import('d3-scale-chromatic');
  const interpolate = {
    gray: (t: number) => `rgb(${[t, t, t].map((x) => Math.round(255 * x)).join(',')})`,
    heat: interpolateInferno,
    diverging: (t: number) => interpolateRdBu(1 - t),
  }[map];
  return Array.from({ length: shades }, (_, index) => parseColour(interpolate(index / (shades - 1))));
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Red, green, blue and opacity of each pixel; pixels that are not finite are transparent. */
function colourPixels(image: ReportImage, scale: readonly Colour[]): Uint8Array {
  const { width, height, channels, data, range = [0, 1] } = image;
  const span = range[1] - range[0] || 1;
  const level = (value: number) => Math.round((shades - 1) * Math.min(1, Math.max(0, (value - range[0]) / span)));
  const pixels = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const values = Array.from({ length: channels }, (_, channel) => data[pixel * channels + channel] ?? Number.NaN);
    if (!values.every(Number.isFinite)) continue;
    const colour = channels === 1 ? (scale[level(values[0] ?? 0)] ?? []) : values.map(level);
    pixels.set([...colour, 255], 4 * pixel);
  }
  return pixels;
}

/**
 * Draws an image as a PNG data URI, one pixel a value.
 *
 * @throws `DataError` if the number of values does not fit width, height and channels
 */
export async function imageUri(image: ReportImage): Promise<string> {
  const { width, height, channels, data, colormap = 'gray' } = image;
  if (data.length !== width * height * channels) {
    throw new DataError(
      `An image of ${width} × ${height} pixels and ${channels} channels has ${data.length} values; expected ${width * height * channels}.`,
    );
  }
  const [{ encode }, scale] = await Promise.all([import('fast-png'), colourScale(colormap)]);
  const png = encode({ width, height, channels: 4, depth: 8, data: colourPixels(image, scale) });
  return `data:image/png;base64,${toBase64(png)}`;
}
