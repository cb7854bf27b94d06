/** The most similar rows found so far, for each query. */
export interface BestRows {
  /** How many are kept for each query. */
  readonly k: number;
  /** Queries × k, the highest first; −∞ where nothing was offered yet. */
  readonly similarities: Float32Array;
  /** Queries × k, which rows they are. */
  readonly indices: Int32Array;
}

/** Room for the best k rows of each query. */
export function emptyBest(queries: number, k: number): BestRows {
  return {
    k,
    similarities: new Float32Array(queries * k).fill(-Infinity),
    indices: new Int32Array(queries * k).fill(-1),
  };
}

/** Offers one row to one query. Among equals the row that was offered first stays in front. */
export function offer({ k, similarities, indices }: BestRows, query: number, similarity: number, row: number): void {
  const begin = query * k;
  let place = begin + k - 1;
  if (!(similarity > (similarities[place] as number))) return;
  while (place > begin && similarity > (similarities[place - 1] as number)) {
    similarities[place] = similarities[place - 1] as number;
    indices[place] = indices[place - 1] as number;
    place -= 1;
  }
  similarities[place] = similarity;
  indices[place] = row;
}
