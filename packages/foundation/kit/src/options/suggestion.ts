import { distance } from 'fastest-levenshtein';

/**
 * The name that was probably meant: the nearest by Levenshtein distance if at most a third of the letters differ, or
 * else one that contains what was typed.
 *
 * @param given what was typed
 * @param available the names that exist
 * @returns `undefined` if none is near
 */
export function suggestion(given: string, available: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(given.length / 3));
  const ranked = available
    .map((name) => ({ name, edits: distance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const nearest = ranked[0];
  if (nearest && nearest.edits <= limit && nearest.edits < given.length) return nearest.name;
  return given.length < 3 ? undefined : available.find((name) => name.includes(given.toLowerCase()));
}
