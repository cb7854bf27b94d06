import type { PartialStorage } from '@equipoise/spec';

/** An input that an attack gave and should not have. */
export interface Violation {
  /** Its index in the split. */
  readonly sample: number;
  /** The radius that it was to keep; null for an attack without. */
  readonly eps: number | null;
  /** What is wrong with it. */
  readonly what: string;
}

/** A fooled sample to be drawn. */
export interface Picture {
  /** Its index in the split. */
  readonly sample: number;
  /** How far it was moved. */
  readonly distance: number;
  /** What the model takes it for. */
  readonly predicted: number;
  /** The input after the attack. */
  readonly adversarial: readonly number[];
}

/** What one attack found out about one batch: JSON. */
export interface Chunk {
  /** For each sample how far it was moved to be broken: 0 if wrong when clean, null if never. */
  readonly distances: readonly (number | null)[];
  /** Inputs that broke the attack's promise; they do not count as success. */
  readonly violations: readonly Violation[];
  /** Fooled samples to be drawn. */
  readonly pictures: readonly Picture[];
  /** For how many inputs the attack's word on its success is not what the model says. */
  readonly disagreements: number;
  /** Samples that went forward through the model for the attack. */
  readonly forward: number;
  /** Samples whose gradient was taken. */
  readonly backward: number;
  /** How long it took. */
  readonly seconds: number;
}

/**
 * Finishes a piece of work, or takes it from an earlier, interrupted run.
 *
 * @param storage where pieces are kept, if anywhere
 * @param name the name of the piece
 * @param fingerprint what the piece depends on; a piece with another one is done again
 * @param work makes the piece: JSON
 */
export async function finished<T>(
  storage: PartialStorage | undefined,
  name: string,
  fingerprint: string,
  work: () => Promise<T>,
): Promise<T> {
  const kept = (await storage?.load(name)) as { fingerprint?: unknown; value?: T } | null | undefined;
  if (kept?.fingerprint === fingerprint && kept.value !== undefined) return kept.value;
  const value = await work();
  await storage?.save(name, { fingerprint, value });
  return value;
}
