import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { imageUri } from './image-png.js';

async function pixelsOf(image: Parameters<typeof imageUri>[0]): Promise<number[][]> {
  const uri = await imageUri(image);
  const { data, width, height } = decode(Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64'));
  expect([width, height]).toEqual([image.width, image.height]);
  return Array.from({ length: width * height }, (_, pixel) => [...data.slice(4 * pixel, 4 * pixel + 4)]);
}

test('grey runs from black to white over the range; values outside are clipped', async () => {
  const pixels = await pixelsOf({ width: 2, height: 2, channels: 1, data: [-3, 0, 1, 9], range: [-1, 1] });
  expect(pixels).toEqual([0, 128, 255, 255].map((grey) => [grey, grey, grey, 255]));
});

test('red, green and blue stay what they are', async () => {
  expect(await pixelsOf({ width: 1, height: 2, channels: 3, data: [1, 0, 0, 0, 0.2, 1] })).toEqual([
    [255, 0, 0, 255],
    [0, 51, 255, 255],
  ]);
});

test('heat gets lighter with every step', async () => {
  const data = Array.from({ length: 32 }, (_, index) => index / 31);
  const pixels = await pixelsOf({ width: 32, height: 1, channels: 1, data, colormap: 'heat' });
  const lightness = pixels.map(([red = 0, green = 0, blue = 0]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue);
  for (let index = 1; index < 32; index += 1) expect(lightness[index]).toBeGreaterThan(lightness[index - 1] ?? 0);
});

test('diverging is blue below, near white in the middle, red above', async () => {
  const [low, middle, high] = await pixelsOf({
    ...{ width: 3, height: 1, channels: 1, colormap: 'diverging' },
    data: [-1, 0, 1],
    range: [-1, 1],
  });
  expect(low?.[2]).toBeGreaterThan(low?.[0] ?? 0);
  expect(Math.min(...(middle ?? []))).toBeGreaterThan(230);
  expect(high?.[0]).toBeGreaterThan(high?.[2] ?? 0);
});

test('what is not finite is transparent', async () => {
  const pixels = await pixelsOf({ width: 3, height: 1, channels: 1, data: [NaN, 1, Infinity] });
  expect(pixels.map(([, , , opacity]) => opacity)).toEqual([0, 255, 0]);
});

test('a range of one value does not divide by zero', async () => {
  expect(await pixelsOf({ width: 1, height: 1, channels: 1, data: [2], range: [2, 2] })).toEqual([[0, 0, 0, 255]]);
});

test('a wrong number of values is an error that says so', async () => {
  await expect(imageUri({ width: 2, height: 2, channels: 3, data: [1] })).rejects.toThrow(/has 1 values; expected 12/);
});
