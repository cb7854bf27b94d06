import { originOf } from '@equipoise/kit';
import type { Dataset, Model, Split, SplitName } from '@equipoise/spec';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** How many inputs of a split stand for all of them, beside its labels. */
const PROBES = 16;

/** SHA-256 in hexadecimal of JSON, whatever the order of its keys. */
export function hashOfJson(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(sorted(value)))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}

/**
 * SHA-256 of a model: its input, its range, the options that it was made from where they are known, and every weight by name.
 *
 * @param model the model; nothing is changed
 * @returns hexadecimal
 */
export async function modelFingerprint(model: Model): Promise<string> {
  const hash = sha256.create();
  const { inputShape, bounds, classes } = model;
  hash.update(utf8ToBytes(hashOfJson({ inputShape, bounds, classes, origin: originOf(model) })));
  const names = [...model.variables.keys()].sort();
  for (const name of names) {
    const variable = model.variables.get(name);
    if (!variable) continue;
    const values = await variable.data();
    hash.update(utf8ToBytes(JSON.stringify([name, variable.shape, variable.dtype])));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return bytesToHex(hash.digest());
}

/** What a split of a data set is known by. */
export interface SourceIdentity {
  readonly name: string;
  readonly split: SplitName;
  readonly size: number;
  readonly classes: readonly string[];
  readonly inputShape: readonly number[];
  /** SHA-256 of all labels and of some inputs, evenly spaced. */
  readonly content: string;
}

/** What a split is known by: its size, all its labels, and sixteen of its inputs. */
export async function sourceIdentity(dataset: Dataset, name: SplitName, split: Split): Promise<SourceIdentity> {
  const probes = Math.min(PROBES, split.size);
  const indices = Int32Array.from({ length: probes }, (_, probe) => Math.floor((probe * split.size) / probes));
  const { x } = await split.examples(indices);
  const hash = sha256.create();
  for (const { buffer, byteOffset, byteLength } of [Int32Array.from(split.labels), x]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const { classes, inputShape } = dataset.info;
  return {
    name: dataset.info.name,
    split: name,
    size: split.size,
    classes,
    inputShape,
    content: bytesToHex(hash.digest()),
  };
}
