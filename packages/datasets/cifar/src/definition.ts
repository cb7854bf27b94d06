import { cifar10Classes, coarseClasses, fineClasses } from './class-names.js';

/** A file of records. */
export interface RecordFile {
  /** Its name in the archive. */
  readonly name: string;
  /** How many images the original has. */
  readonly count: number;
}

/** The archive that is downloaded. */
export interface Archive {
  /** Its name. */
  readonly name: string;
  /** The folder that it holds. */
  readonly folder: string;
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256, in hexadecimal. */
  readonly sha256: string;
  /** Where it can be had, in the order in which they are tried. */
  readonly mirrors: readonly string[];
}

/** One byte of labels at the beginning of each record. */
export interface LabelSet {
  /** What the label is called. */
  readonly name: string;
  /** The names of its classes. */
  readonly classes: readonly string[];
}

/** What distinguishes the two data sets. */
export interface CifarDefinition {
  readonly name: string;
  /** The files of each split. */
  readonly files: Readonly<Record<'train' | 'test', readonly RecordFile[]>>;
  /** The labels at the beginning of each record, a byte each. */
  readonly labelSets: readonly LabelSet[];
  readonly archive: Archive;
  /** The embedded samples of each split, where there are any. */
  readonly sample?: Readonly<Record<'train' | 'test', SampleFile>>;
}

/** Images of the package. */
export interface SampleFile extends RecordFile {
  /** Where the file is, from `src` as well as from `dist`. */
  readonly url: URL;
}

/** CIFAR-10: five training batches and one for testing; the address of each sample is written out for bundlers. */
export const cifar10Definition: CifarDefinition = {
  name: 'cifar-10',
  files: {
    train: [1, 2, 3, 4, 5].map((batch) => ({ name: `data_batch_${batch}.bin`, count: 10_000 })),
    test: [{ name: 'test_batch.bin', count: 10_000 }],
  },
  labelSets: [{ name: 'label', classes: cifar10Classes }],
  archive: {
    name: 'cifar-10-binary.tar.gz',
    folder: 'cifar-10-batches-bin',
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
    mirrors: [
      'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
      'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/cifar-10-binary.tar.gz',
      'https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/cifar-10-binary.tar.gz',
    ],
  },
  sample: {
    train: {
      name: 'cifar-10-sample-train.gz',
      count: 400,
      url: new URL('../data/cifar-10-sample-train.gz', import.meta.url),
    },
    test: {
      name: 'cifar-10-sample-test.gz',
      count: 150,
      url: new URL('../data/cifar-10-sample-test.gz', import.meta.url),
    },
  },
};

/** CIFAR-100: one file a split, each record with the superclass and then the class. */
export const cifar100Definition: CifarDefinition = {
  name: 'cifar-100',
  files: { train: [{ name: 'train.bin', count: 50_000 }], test: [{ name: 'test.bin', count: 10_000 }] },
  labelSets: [
    { name: 'coarse', classes: coarseClasses },
    { name: 'fine', classes: fineClasses },
  ],
  archive: {
    name: 'cifar-100-binary.tar.gz',
    folder: 'cifar-100-binary',
    bytes: 168_513_733,
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
    mirrors: [
      'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
      'https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/cifar-100-binary.tar.gz',
    ],
  },
};
