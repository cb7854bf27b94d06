/** What is known of a sample's smallest radius. */
export interface Bracket {
  /** The largest radius at which the attack failed; 0 before. */
  readonly low: number;
  /** The smallest at which it succeeded; infinite before. */
  readonly high: number;
}

/** Between what a radius is searched, and how precisely. */
export interface BracketOptions {
  /** The first radius. */
  readonly first: number;
  /** The largest that is tried. */
  readonly maximum: number;
  /** Where halving ends. */
  readonly smallest: number;
  /** By which share of it the smallest success may lie above the largest failure. */
  readonly tolerance: number;
}

/**
 * The radius to try next: the first one, then doubled until there is a success and halved until there is a failure, then in the geometric middle.
 *
 * @param bracket what is known
 * @param options between what
 * @returns `undefined` if the search is over
 */
export function nextRadius({ low, high }: Bracket, options: BracketOptions): number | undefined {
  const { first, maximum, smallest, tolerance } = options;
  if (high === Infinity) {
    if (low >= maximum) return undefined;
    return Math.min(low === 0 ? first : 2 * low, maximum);
  }
  if (low === 0) return high <= smallest ? undefined : Math.max(high / 2, smallest);
  return high <= low * (1 + tolerance) ? undefined : Math.sqrt(low * high);
}
