/** Some examples of a data set that is made by an attack: one file. */
export interface Chunk {
  /** The inputs, row-major. */
  readonly x: Float32Array;
  /** The class of each. */
  readonly labels: Int32Array;
  /** Further facts, one an example: `source` is its index in the split that it was made from. */
  readonly fields: Readonly<Record<string, Int32Array | Float32Array>>;
}

/** Where chunks are kept. */
export interface ChunkStore {
  /** Whether `rows` reads from somewhere else than memory, so that inputs need not be held there. */
  readonly isDurable: boolean;
  /**
   * A chunk that was kept earlier; `undefined` if there is none, or none that can be trusted.
   * @param index its place in the data set
   * @param size number of its examples
   */
  load(index: number, size: number): Promise<Chunk | undefined>;
  /** Keeps a chunk: afterwards it is there whole, or not at all. */
  save(index: number, chunk: Chunk): Promise<void>;
  /** The inputs of some rows of a chunk that is kept. */
  rows(index: number, rows: readonly number[]): Promise<Float32Array>;
  /** Notes that all chunks are there, and what there is to say about them. */
  finish(summary: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Keeps nothing beyond what a split holds in memory. */
export const memoryStore: ChunkStore = {
  isDurable: false,
  load: async () => undefined,
  save: async () => undefined,
  rows: async () => new Float32Array(),
  finish: async () => undefined,
};
