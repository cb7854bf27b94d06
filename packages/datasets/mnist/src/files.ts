/** One of the data files. */
export interface DataFile {
  /** Name of the gzipped file. */
  readonly name: string;
  /** Where the copy in this package is, from `src` as well as from `dist`. */
  readonly url: URL;
  /** SHA-256 of the decompressed file, in hexadecimal. */
  readonly sha256: string;
}

/** The files of a split. */
export interface SplitFiles {
  readonly images: DataFile;
  readonly labels: DataFile;
  /** Number of digits in both. */
  readonly count: number;
}

/** The canonical four files. The addresses are written out so that bundlers can find the assets. */
export const files: Readonly<Record<'train' | 'test', SplitFiles>> = {
  train: {
    images: {
      name: 'train-images-idx3-ubyte.gz',
      url: new URL('../data/train-images-idx3-ubyte.gz', import.meta.url),
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    labels: {
      name: 'train-labels-idx1-ubyte.gz',
      url: new URL('../data/train-labels-idx1-ubyte.gz', import.meta.url),
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    count: 60_000,
  },
  test: {
    images: {
      name: 't10k-images-idx3-ubyte.gz',
      url: new URL('../data/t10k-images-idx3-ubyte.gz', import.meta.url),
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    labels: {
      name: 't10k-labels-idx1-ubyte.gz',
      url: new URL('../data/t10k-labels-idx1-ubyte.gz', import.meta.url),
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
    count: 10_000,
  },
};
