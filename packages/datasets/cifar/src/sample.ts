import { DataError } from '@equipoise/spec';

const side = 32;
const plane = side * side;
const imageLength = 3 * plane;

/**
 * Reads an embedded sample: gzip of one record an image, a byte for the label and then three planes of 32x32 bytes, green,
 * red − green, blue − green, each of which holds the differences from Paeth's prediction (PNG, section 9.4), all modulo 256.
 *
 * @param name the file, for messages
 * @param bytes its content
 * @returns records of CIFAR-10's layout: label, red, green, blue
 * @throws DataError if the file is corrupt
 */
export async function decodeSample(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const records = await decompress(name, bytes);
  for (let offset = 1; offset < records.length; offset += imageLength + 1) {
    const image = records.subarray(offset, offset + imageLength);
    for (let channel = 0; channel < 3; channel++)
      undoPrediction(image.subarray(channel * plane, (channel + 1) * plane));
    for (let pixel = 0; pixel < plane; pixel++) {
      const green = image[pixel] as number;
      image[pixel] = (image[plane + pixel] as number) + green;
      image[plane + pixel] = green;
      image[2 * plane + pixel] = (image[2 * plane + pixel] as number) + green;
    }
  }
  return records;
}

async function decompress(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new DataError(
      `${name} is corrupt: its ${bytes.length} bytes are not gzip. Install the package again.`,
      { file: name },
      cause,
    );
  }
}

function undoPrediction(values: Uint8Array): void {
  for (let index = 0; index < plane; index++) {
    const [first, top] = [index % side === 0, index < side];
    const left = first ? 0 : (values[index - 1] as number);
    const above = top ? 0 : (values[index - side] as number);
    const corner = first || top ? 0 : (values[index - side - 1] as number);
    values[index] = (values[index] as number) + paeth(left, above, corner);
  }
}

/** Of the three neighbours the one that is nearest to left + above − corner; the first of equal ones. */
function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [
    Math.abs(above - corner),
    Math.abs(left - corner),
    Math.abs(left + above - 2 * corner),
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
