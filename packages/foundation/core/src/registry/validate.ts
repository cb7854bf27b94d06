import { EquipoiseError, type StandardSchemaV1 } from '@equipoise/spec';
import { validateOptions } from '@equipoise/kit';
import type { AnyComponent, Kind } from '@equipoise/spec';
import { type OptionPath, replaceReferences } from './references.js';
import { standIn } from './stand-ins.js';

/** Finds a component or throws a `NoSuchComponentError`. */
export type FindComponentByName = (kind: Kind, name: string) => AnyComponent;

/**
 * Every fault of a component's options, those of components inside the options too; creates nothing.
 *
 * @param find finds the components of references
 * @param component whose options
 * @param options what was given
 * @param path where the options stand; issues have paths from there
 */
export function optionIssues(
  find: FindComponentByName,
  component: AnyComponent,
  options: unknown,
  path: OptionPath = [],
): StandardSchemaV1.Issue[] {
  const inner: StandardSchemaV1.Issue[] = [];
  const replaced = replaceReferences(options, component.references, path, (found) => {
    inner.push(...referenceIssues(find, found.kind, found.reference.use, found.reference.options, found.path));
    return standIn(found.kind);
  });
  return [...ownIssues(component, replaced, path), ...inner];
}

function referenceIssues(
  find: FindComponentByName,
  kind: Kind,
  name: string,
  options: unknown,
  path: OptionPath,
): StandardSchemaV1.Issue[] {
  try {
    return optionIssues(find, find(kind, name), options, [...path, 'options']);
  } catch (error) {
    if (!EquipoiseError.isInstance(error, 'EQUIPOISE_NO_SUCH_COMPONENT')) throw error;
    return [{ path: [...path, 'use'], message: error.message }];
  }
}

function ownIssues(component: AnyComponent, options: unknown, path: OptionPath): StandardSchemaV1.Issue[] {
  const subject = `${component.kind} "${component.name}"`;
  try {
    validateOptions(component.options, subject, options);
    return [];
  } catch (error) {
    if (!EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS')) throw error;
    const issues = error.details['issues'] as readonly { readonly message: string; readonly path: string }[];
    return issues.map((issue) => ({
      message: path.length === 0 ? issue.message : `${issue.message} (${subject})`,
      path: [...path, ...(issue.path === '' ? [] : issue.path.split('.'))],
    }));
  }
}
