import { suggestion, validateOptions } from '@equipoise/kit';
import {
  type ComponentReference,
  EquipoiseError,
  InvalidOptionsError,
  type Kind,
  type StandardSchemaV1,
  UnsupportedSpecVersionError,
} from '@equipoise/spec';
import { isPlainObject } from '../registry/plain-object.js';
import type { AnyRegistry } from '../registry/types.js';
import { resolveExperiment } from './resolve-experiment.js';
import { experimentSchema } from './schema.js';
import { recipeOf, startRecipe } from './recipes.js';
import { trainedRowsIn } from './trained-references.js';
import { withTrainedRows } from './trained-rows.js';
import { analysisName, type Experiment, rowLabel } from './types.js';

type Issue = StandardSchemaV1.Issue;
type Path = readonly (string | number)[];

/**
 * Reads an experiment and checks all of it, every component's options and every profile too, before anything runs.
 *
 * @param json the experiment as JSON text, or as the value that the text stands for
 * @param known what the experiment may use
 * @throws InvalidOptionsError with every fault: where it is, what was expected, what is available
 * @throws UnsupportedSpecVersionError if the experiment was written for another version of the format
 */
export function parseExperiment(json: unknown, known: AnyRegistry): Experiment {
  const { registry } = withTrainedRows(known);
  const value = typeof json === 'string' ? parseText(json) : json;
  const subject =
    isPlainObject(value) && typeof value['name'] === 'string' ? `experiment "${value['name']}"` : 'the experiment';
  if (isPlainObject(value) && 'specVersion' in value && value['specVersion'] !== 1) {
    throw new UnsupportedSpecVersionError(`The ${subject.replace('the ', '')}`, value['specVersion'], [1]);
  }
  const experiment = validateOptions(experimentSchema, subject, value);
  const issues = [
    ...experimentIssues(experiment, registry),
    ...Object.keys(experiment.profiles).flatMap((profile) => profileIssues(experiment, profile, registry)),
  ];
  if (issues.length > 0) throw new InvalidOptionsError(subject, distinct(issues));
  return experiment;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidOptionsError('the experiment', [{ message: `This is not JSON: ${(error as Error).message}` }]);
  }
}

function experimentIssues(experiment: Experiment, registry: AnyRegistry): Issue[] {
  return [
    ...componentIssues(experiment, registry),
    ...backendIssues(experiment, registry),
    ...repeated(
      experiment.rows.map(({ name }) => name),
      (index) => ['rows', index, 'name'],
    ),
    ...repeated(experiment.rows.map(rowLabel), (index) => ['rows', index, 'label']),
    ...repeated(experiment.seeds.map(String), (index) => ['seeds', index]),
    ...repeated(experiment.analyses.map(analysisName), (index) => ['analyses', index, 'name']),
    ...startIssues(experiment),
    ...trainedIssues(experiment),
  ];
}

function profileIssues(experiment: Experiment, profile: string, registry: AnyRegistry): Issue[] {
  try {
    return experimentIssues(resolveExperiment(experiment, profile), registry).map((issue) => under(issue, profile));
  } catch (error) {
    return issuesOf(error).map((issue) => under(issue, profile));
  }
}

function under({ path, message }: Issue, profile: string): Issue {
  return { path: ['profiles', profile, ...(path ?? [])], message };
}

/** A fault of the base shows in every profile too; said once it is enough. */
function distinct(issues: readonly Issue[]): Issue[] {
  const text = ({ path, message }: Issue) => `${(path ?? []).map(String).join('.')}: ${message}`;
  const base = new Set(issues.filter(({ path }) => path?.[0] !== 'profiles').map(text));
  return issues.filter(
    (issue) => issue.path?.[0] !== 'profiles' || !base.has(text({ ...issue, path: issue.path.slice(2) })),
  );
}

function componentIssues(experiment: Experiment, registry: AnyRegistry): Issue[] {
  const places: [Kind, ComponentReference | undefined, Path][] = [
    ['dataset', experiment.dataset, ['dataset']],
    ['model', experiment.model, ['model']],
    ['trainer', experiment.trainer, ['trainer']],
    ['loss', experiment.start?.loss, ['start', 'loss']],
    ['trainer', experiment.start?.trainer, ['start', 'trainer']],
  ];
  experiment.rows.forEach((row, index) => {
    for (const kind of ['loss', 'trainer', 'model', 'dataset'] as const)
      places.push([kind, row[kind], ['rows', index, kind]]);
  });
  experiment.analyses.forEach((one, index) => places.push(['analysis', one, ['analyses', index]]));
  return places.flatMap(([kind, one, path]) => (one ? referenceIssues(registry, kind, one, path) : []));
}

function referenceIssues(registry: AnyRegistry, kind: Kind, one: ComponentReference, path: Path): Issue[] {
  try {
    registry.validate(kind, one.use, one.options);
    return [];
  } catch (error) {
    if (EquipoiseError.isInstance(error, 'EQUIPOISE_NO_SUCH_COMPONENT')) {
      return [{ path: [...path, 'use'], message: error.message }];
    }
    return issuesOf(error).map((issue) => ({
      path: [...path, 'options', ...(issue.path ?? [])],
      message: `${issue.message} (${kind} "${one.use}")`,
    }));
  }
}

function issuesOf(error: unknown): Issue[] {
  if (!EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS')) throw error;
  const issues = error.details['issues'] as readonly { readonly message: string; readonly path: string }[];
  return issues.map(({ message, path }) => ({ message, path: path === '' ? [] : path.split('.') }));
}

function backendIssues({ backend }: Experiment, registry: AnyRegistry): Issue[] {
  const available = ['auto', ...registry.list('backend').map(({ name }) => name)];
  if (available.includes(backend)) return [];
  const near = suggestion(backend, available);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return [
    {
      path: ['backend'],
      message: `There is no backend named "${backend}".${hint} Available: ${available.join(', ')}.`,
    },
  ];
}

function repeated(values: readonly string[], path: (index: number) => Path): Issue[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [{ path: path(index), message: `"${value}" is there already; expected each once` }],
  );
}

function startIssues({ start, rows }: Experiment): Issue[] {
  if (start === undefined) return [];
  return rows.flatMap((row, index) =>
    row.start && row.model !== undefined
      ? [
          {
            path: ['rows', index, 'model'],
            message: 'The shared start is of another model; set "start": false in this row',
          },
        ]
      : [],
  );
}

/** A row may use the models of rows before it; neither the shared start nor an analysis may use one, since rows need them first. */
function trainedIssues(experiment: Experiment): Issue[] {
  const { rows, start, analyses } = experiment;
  const ofRows = rows.flatMap((row, index) => {
    const before = rows.slice(0, index).map(({ name }) => name);
    return trainedRowsIn(recipeOf(row, experiment))
      .filter((name) => !before.includes(name))
      .map((name) => ({
        path: ['rows', index],
        message: `It uses the trained model of "${name}"; expected a row before it: ${before.join(', ') || 'there is none'}`,
      }));
  });
  const elsewhere = [
    { path: ['start'], names: trainedRowsIn(start && startRecipe(experiment)) },
    ...analyses.map((one, index) => ({ path: ['analyses', index], names: trainedRowsIn(one) })),
  ];
  const message = 'The trained model of a row can only be used by rows after it';
  return [...ofRows, ...elsewhere.filter(({ names }) => names.length > 0).map(({ path }) => ({ path, message }))];
}
