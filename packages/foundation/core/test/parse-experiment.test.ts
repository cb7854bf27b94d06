import { EquipoiseError } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import { parseExperiment, resolveExperiment } from '../src/index.js';
import { registry } from './fakes.js';

const input = {
  specVersion: 1,
  name: 'small',
  dataset: { use: 'points' },
  model: { use: 'linear' },
  rows: [{ name: 'a', loss: { use: 'squares', options: { strength: 2 } } }],
  trainer: { use: 'walker', options: { steps: 5 } },
  start: { loss: { use: 'squares' }, trainer: { use: 'walker', options: { steps: 2 } } },
};

/** Every fault that is found, as `path: message`. */
function faults(value: unknown): string[] {
  try {
    parseExperiment(value, registry);
  } catch (error) {
    if (!EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS')) throw error;
    return (error.details['issues'] as { path: string; message: string }[]).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  }
  return [];
}

describe('parsing an experiment', () => {
  test('fills in the defaults', () => {
    const { seeds, backend, workers, analyses, rows } = parseExperiment(input, registry);
    expect({ seeds, backend, workers, analyses }).toEqual({
      seeds: [1],
      backend: 'auto',
      workers: 'auto',
      analyses: [],
    });
    expect(rows[0]).toMatchObject({ start: true });
  });

  test('takes JSON text, and says what is wrong with text that is not JSON', () => {
    expect(parseExperiment(JSON.stringify(input), registry)).toEqual(parseExperiment(input, registry));
    expect(faults('{ "name": ')[0]).toContain('This is not JSON');
  });

  test('names the path of an unknown component, what there is, and what was probably meant', () => {
    expect(faults({ ...input, rows: [{ name: 'a', loss: { use: 'sqares' } }] })).toEqual([
      'rows.0.loss.use: There is no loss named "sqares". Did you mean "squares"? Available: "first-of", "squares".',
    ]);
  });

  test('names the path of wrong options, also in components inside options', () => {
    const nested = {
      use: 'first-of',
      options: { losses: [{ use: 'squares', options: { strength: 'x' } }, { use: 'nothing' }] },
    };
    const found = faults({
      ...input,
      rows: [{ name: 'a', loss: nested }],
      trainer: { use: 'walker', options: { steps: 1.5, size: 3 } },
    });
    expect(found.map((fault) => fault.split(':')[0]).sort()).toEqual([
      'rows.0.loss.options.losses.0.options.strength',
      'rows.0.loss.options.losses.1.use',
      'trainer.options',
      'trainer.options.steps',
    ]);
  });

  test('refuses settings that do not exist and components that are missing', () => {
    const found = faults({ ...input, model: undefined, colour: 'red' });
    expect(found.some((fault) => fault.includes('colour'))).toBe(true);
    expect(found.some((fault) => fault.startsWith('model'))).toBe(true);
  });

  test('refuses an unknown backend and says which there are', () => {
    expect(faults({ ...input, backend: 'cup' })).toEqual([
      'backend: There is no backend named "cup". Did you mean "cpu"? Available: auto, cpu, node.',
    ]);
  });

  test('refuses names, labels and seeds that come twice', () => {
    const row = input.rows[0]!;
    expect(faults({ ...input, rows: [row, row] }).map((fault) => fault.split(':')[0])).toEqual([
      'rows.1.name',
      'rows.1.label',
    ]);
    expect(faults({ ...input, seeds: [1, 2, 1] })[0]).toMatch(/^seeds\.2: "1" is there already/);
    expect(faults({ ...input, analyses: [{ use: 'alone' }, { use: 'alone' }] })[0]).toMatch(/^analyses\.1\.name/);
  });

  test('refuses a row with a model of its own that would begin from the shared start', () => {
    const row = { ...input.rows[0], model: { use: 'linear' } };
    expect(faults({ ...input, rows: [row] })[0]).toMatch(/^rows\.0\.model: .*"start": false/);
    expect(faults({ ...input, rows: [{ ...row, start: false }] })).toEqual([]);
  });

  test('refuses an experiment of another version of the format', () => {
    expect(() => parseExperiment({ ...input, specVersion: 0 }, registry)).toThrow(
      expect.objectContaining({ code: 'EQUIPOISE_UNSUPPORTED_SPEC_VERSION' }),
    );
  });

  test('checks profiles too, and says a fault of the base once', () => {
    const profiles = {
      full: { trainer: { options: { steps: 'many' } }, rows: [{ name: 'b', loss: { use: 'nothing' } }] },
    };
    const paths = faults({ ...input, profiles }).map((fault) => fault.split(':')[0]);
    expect(paths).toEqual(['profiles.full.trainer.options.steps', 'profiles.full.rows.0.loss.use']);
    expect(faults({ ...input, backend: 'cup', profiles: { full: { seeds: [1, 2] } } })).toHaveLength(1);
  });

  test.each([undefined, null, 3, [], 'true'])('refuses %j', (value) => {
    expect(faults(value)).not.toEqual([]);
  });
});

describe('a profile', () => {
  const experiment = parseExperiment(
    {
      ...input,
      profiles: {
        more: { seeds: [1, 2, 3], trainer: { options: { steps: 50 } } },
        other: { rows: [{ name: 'b', loss: { use: 'squares' } }], start: null },
        swapped: { start: { loss: { use: 'first-of', options: { losses: [{ use: 'squares' }] } } } },
      },
    },
    registry,
  );

  test('merges objects, replaces arrays and removes what is null', () => {
    expect(resolveExperiment(experiment, 'more')).toMatchObject({
      seeds: [1, 2, 3],
      trainer: { use: 'walker', options: { steps: 50 } },
      rows: [{ name: 'a' }],
    });
    const other = resolveExperiment(experiment, 'other');
    expect(other.rows.map(({ name }) => name)).toEqual(['b']);
    expect(other.start).toBeUndefined();
  });

  test('that names another component does not keep the options of the first', () => {
    const { start } = resolveExperiment(experiment, 'swapped');
    expect(start?.loss.options).toEqual({ losses: [{ use: 'squares' }] });
    expect(start?.trainer.options).toEqual({ steps: 2 });
  });

  test('leaves the experiment as it is when none is asked for, without profiles', () => {
    expect(resolveExperiment(experiment)).toEqual({ ...experiment, profiles: {} });
  });

  test('that does not exist is refused with those that do', () => {
    expect(() => resolveExperiment(experiment, 'mroe')).toThrow(
      /Did you mean "more"\? Available: more, other, swapped/,
    );
  });
});
