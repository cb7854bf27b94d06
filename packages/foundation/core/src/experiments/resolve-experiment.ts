import { suggestion, validateOptions } from '@equipoise/kit';
import { InvalidOptionsError } from '@equipoise/spec';
import { isPlainObject } from '../registry/plain-object.js';
import { experimentSchema } from './schema.js';
import type { Experiment } from './types.js';

/**
 * An experiment with a profile's changes made to it, and without profiles.
 *
 * Changes are merged as in JSON Merge Patch (RFC 7396): objects merge, everything else is replaced, `null` removes. One
 * thing differs: a component reference whose `use` changes does not keep the options of the old component.
 *
 * @param experiment a parsed experiment
 * @param profile the name of one of its profiles; none for the experiment as it is
 * @throws InvalidOptionsError if there is no such profile, or what it gives is no experiment
 */
export function resolveExperiment(experiment: Experiment, profile?: string): Experiment {
  const base = { ...experiment, profiles: {} };
  if (profile === undefined) return base;
  const changes = Object.hasOwn(experiment.profiles, profile) ? experiment.profiles[profile] : undefined;
  const subject = `experiment "${experiment.name}"`;
  if (changes === undefined) {
    const available = Object.keys(experiment.profiles);
    const near = suggestion(profile, available);
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
    const message = `There is no profile "${profile}".${hint} Available: ${available.join(', ') || 'none'}.`;
    throw new InvalidOptionsError(subject, [{ path: ['profiles'], message }]);
  }
  return validateOptions(experimentSchema, `${subject}, profile "${profile}"`, mergePatch(base, changes));
}

function mergePatch(base: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const keepsBase = isPlainObject(base) && (patch['use'] === undefined || patch['use'] === base['use']);
  const merged: Record<string, unknown> = keepsBase ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
