/**
 * Makes the embedded sample of CIFAR-10: `npm run make-sample -- <folder with data_batch_1.bin and test_batch.bin>`.
 *
 * Takes the first images of each class, in the order of the files, with the classes in turn, and stores them as
 * `src/sample.ts` describes. The same files give the same bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [side, plane, recordLength, classes] = [32, 1024, 3073, 10];

/** The first `perClass` records of each class: one of each class, then the next of each. */
function pick(file, perClass) {
  const members = Array.from({ length: classes }, () => []);
  for (let offset = 0; offset < file.length; offset += recordLength) {
    members[file[offset]].push(file.subarray(offset, offset + recordLength));
  }
  return Array.from({ length: perClass }, (_, position) => members.map((list) => list[position])).flat();
}

function paeth(left, above, corner) {
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function predictionErrors(values) {
  return values.map((value, index) => {
    const [first, top] = [index % side === 0, index < side];
    const left = first ? 0 : values[index - 1];
    const above = top ? 0 : values[index - side];
    return value - paeth(left, above, first || top ? 0 : values[index - side - 1]);
  });
}

/** Label, then green, red − green, blue − green, each as the errors of its prediction. */
function encode(record) {
  const [red, green, blue] = [0, 1, 2].map((channel) => record.slice(1 + channel * plane, 1 + (channel + 1) * plane));
  const planes = [green, red.map((value, i) => value - green[i]), blue.map((value, i) => value - green[i])];
  return Buffer.concat([record.subarray(0, 1), ...planes.map(predictionErrors)]);
}

const source = process.argv[2];
for (const [split, file, perClass] of [
  ['train', 'data_batch_1.bin', 40],
  ['test', 'test_batch.bin', 15],
]) {
  const records = pick(new Uint8Array(readFileSync(join(source, file))), perClass);
  const target = fileURLToPath(new URL(`../data/cifar-10-sample-${split}.gz`, import.meta.url));
  const bytes = gzipSync(Buffer.concat(records.map(encode)), { level: 9 });
  writeFileSync(target, bytes);
  console.log(`${target}: ${records.length} images, ${bytes.length} bytes`);
}
