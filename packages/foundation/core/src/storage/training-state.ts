import { decodeSafetensors, encodeSafetensors } from '@equipoise/kit';
import type { TrainingState } from '@equipoise/spec';
import { DataError } from '@equipoise/spec';

const format = 'equipoise.training-state';
const version = '1';

const numberKey = '$number';
const nonFinite: ReadonlyMap<string, number> = new Map(
  [NaN, Infinity, -Infinity].map((value) => [String(value), value]),
);

/** JSON that keeps NaN and the infinities, such as the best metric before the first evaluation. */
function writeFacts(facts: TrainingState['facts']): string {
  return JSON.stringify(facts, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { [numberKey]: String(value) } : value,
  );
}

function readFacts(text: string): TrainingState['facts'] {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(numberKey in value)) return value;
    return nonFinite.get(String(value[numberKey])) ?? value;
  }) as TrainingState['facts'];
}

/** Writes a training state as the bytes of a safetensors file. */
export function encodeTrainingState({ step, arrays, facts }: TrainingState): Uint8Array {
  return encodeSafetensors(arrays, { format, version, step: String(step), facts: writeFacts(facts) });
}

/**
 * Reads a training state from the bytes of a safetensors file.
 *
 * @param bytes the whole file
 * @param subject what error messages call it
 * @throws `DataError` if the bytes are damaged, or are not a training state of a version that is understood
 */
export function decodeTrainingState(bytes: Uint8Array, subject: string): TrainingState {
  const { arrays, metadata } = decodeSafetensors(bytes, { subject, requireChecksum: true });
  if (metadata['format'] !== format) throw new DataError(`${subject} holds arrays, but not the state of a training.`);
  if (metadata['version'] !== version) {
    throw new DataError(`${subject} has version ${metadata['version']} of the format; understood: ${version}.`);
  }
  return { step: Number(metadata['step']), arrays, facts: readFacts(metadata['facts'] ?? '{}') };
}
