import { InvalidPluginError, type Plugin, UnsupportedSpecVersionError } from '@equipoise/spec';
import { isKind, kinds } from './kinds.js';
import { isPlainObject } from './plain-object.js';

const supportedVersions: readonly number[] = [1];
const componentName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Checks that a value has the shape of a plugin, whatever package or copy of a package it comes from.
 *
 * @param value what a module exports as `plugin`
 * @returns the value
 * @throws UnsupportedSpecVersionError if it, or a component of it, was written for other contracts
 * @throws InvalidPluginError with all that is wrong
 */
export function checkPlugin(value: unknown): Plugin {
  if (!isPlainObject(value))
    throw new InvalidPluginError('The value', [`a plugin is an object, got ${typeName(value)}`]);
  const subject = `Plugin ${JSON.stringify(value['id'] ?? '(without id)')}`;
  checkVersion(subject, value['specVersion']);
  const problems: string[] = [];
  if (typeof value['id'] !== 'string' || value['id'] === '') problems.push('"id" must be the name of its npm package');
  const components = value['components'];
  if (!Array.isArray(components)) problems.push(`"components" must be an array, got ${typeName(components)}`);
  else components.forEach((component, index) => problems.push(...componentProblems(component, index, subject)));
  if (problems.length > 0) throw new InvalidPluginError(subject, problems);
  return value as unknown as Plugin;
}

function componentProblems(value: unknown, index: number, pluginSubject: string): string[] {
  const place = `components[${index}]`;
  if (!isPlainObject(value)) return [`${place} must be an object, got ${typeName(value)}`];
  checkVersion(`${place} of ${pluginSubject}`, value['specVersion']);
  const problems: string[] = [];
  if (!isKind(value['kind'])) {
    problems.push(`${place}.kind is ${JSON.stringify(value['kind'])}, expected one of ${kinds.join(', ')}`);
  }
  const name = value['name'];
  if (typeof name !== 'string' || !componentName.test(name)) {
    problems.push(`${place}.name is ${JSON.stringify(name)}, expected lower-case words joined by hyphens`);
  }
  if (typeof value['description'] !== 'string') problems.push(`${place}.description must be a string`);
  if (!isStandardSchema(value['options'])) problems.push(`${place}.options must be a Standard Schema (version 1)`);
  if (typeof value['create'] !== 'function') problems.push(`${place}.create must be a function`);
  return [...problems, ...referenceProblems(value['references'], place)];
}

function referenceProblems(references: unknown, place: string): string[] {
  if (references === undefined) return [];
  if (!isPlainObject(references)) return [`${place}.references must be an object of kinds by option`];
  return Object.entries(references)
    .filter(([, kind]) => !isKind(kind))
    .map(
      ([option, kind]) =>
        `${place}.references.${option} is ${JSON.stringify(kind)}, expected one of ${kinds.join(', ')}`,
    );
}

function checkVersion(subject: string, version: unknown): void {
  if (!supportedVersions.includes(version as number)) {
    throw new UnsupportedSpecVersionError(subject, version ?? null, supportedVersions);
  }
}

function isStandardSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Record<string, unknown>)['~standard'] as Record<string, unknown> | undefined;
  return standard?.['version'] === 1 && typeof standard['validate'] === 'function';
}

function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
