import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';

/** How near a float32 result must come to its float64 reference: |a − e| <= atol + rtol·|e|. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** An array of a fixture; a bare number stands for a scalar. */
export type FixtureArray =
  number | { readonly shape: readonly number[]; readonly data: readonly number[]; readonly dtype?: 'int32' };

/** One case of a fixture file. */
export interface FixtureCase {
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly options: any;
  readonly inputs: Readonly<Record<string, FixtureArray>>;
  readonly expected: Readonly<Record<string, FixtureArray>>;
}

/** A fixture file. */
export interface Fixture {
  readonly topic: string;
  readonly tolerance: Tolerance;
  readonly cases: readonly FixtureCase[];
}

const embedded = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Registers one test for every case of every file of a topic, from `EQUIPOISE_FIXTURES` or the embedded folder; `isMine` leaves cases to others. */
export function forEachFixture(
  topic: string,
  check: (fixture: FixtureCase, tolerance: Tolerance, file: string) => void | Promise<void>,
  isMine: (fixture: FixtureCase) => boolean = () => true,
): void {
  const folder = join(process.env['EQUIPOISE_FIXTURES'] ?? embedded, topic);
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .sort()
    : [];
  describe(`fixtures ${topic}`, () => {
    if (files.length === 0) test.skip(`no files in ${folder}`, () => {});
    for (const file of files) {
      const fixture = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture;
      for (const one of fixture.cases.filter(isMine))
        test(`${file} ${one.id}`, () => check(one, fixture.tolerance, file));
    }
  });
}

/** The flat values and the shape of a fixture array. */
export function fixtureArray(array: FixtureArray | undefined): {
  shape: number[];
  data: number[];
  dtype: 'float32' | 'int32';
} {
  if (array === undefined) throw new Error('The fixture lacks this array.');
  if (typeof array === 'number') return { shape: [], data: [array], dtype: 'float32' };
  return { shape: [...array.shape], data: [...array.data], dtype: array.dtype ?? 'float32' };
}

/** A fixture array as a tensor. */
export function fixtureTensor(array: FixtureArray | undefined): tf.Tensor {
  const { data, shape, dtype } = fixtureArray(array);
  return tf.tensor(data, shape, dtype);
}

/** What judges a case. */
export type FixtureCheck = (fixture: FixtureCase, tolerance: Tolerance) => void;

/**
 * Like {@link forEachFixture}, for a topic of several kinds of cases: a case is judged by the first check whose key is among its
 * options, whatever its file is called. Tensors are freed after each case.
 */
export function forEachFixtureByOption(topic: string, checks: Readonly<Record<string, FixtureCheck>>): void {
  forEachFixture(topic, (fixture, tolerance, file) => {
    const key = Object.keys(checks).find((option) => option in fixture.options);
    if (key === undefined) throw new Error(`No check for ${topic}/${file}, case ${fixture.id}.`);
    tf.tidy(() => (checks[key] as FixtureCheck)(fixture, tolerance));
  });
}
