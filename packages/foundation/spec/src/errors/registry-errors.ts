import { EquipoiseError } from './equipoise-error.js';

/** Thrown when no component of that kind and name was put to use; lists what is available and the nearest name. */
export class NoSuchComponentError extends EquipoiseError {
  /**
   * @param kind the kind that was asked for
   * @param name the name that was asked for
   * @param available the names of that kind that exist
   * @param suggestion the nearest existing name, if one is near
   */
  constructor(kind: string, name: string, available: readonly string[], suggestion?: string) {
    const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
    const list = available.length === 0 ? 'none' : available.map((entry) => `"${entry}"`).join(', ');
    super('EQUIPOISE_NO_SUCH_COMPONENT', `There is no ${kind} named "${name}".${hint} Available: ${list}.`, {
      details: { kind, name, available, ...(suggestion === undefined ? {} : { suggestion }) },
    });
  }
}

/** Thrown when two plugins bring a component of the same kind and name. */
export class DuplicateComponentError extends EquipoiseError {
  /**
   * @param kind kind of both
   * @param name name of both
   * @param pluginIds the plugin that has it already and the one that brings it again
   */
  constructor(kind: string, name: string, pluginIds: readonly [first: string, second: string]) {
    super(
      'EQUIPOISE_DUPLICATE_COMPONENT',
      `The plugins "${pluginIds[0]}" and "${pluginIds[1]}" both bring a ${kind} named "${name}". Rename one of the two.`,
      { details: { kind, name, pluginIds } },
    );
  }
}

/** Thrown when a value does not have the shape of a plugin or of a component. */
export class InvalidPluginError extends EquipoiseError {
  /**
   * @param subject what was looked at, such as `plugin "@acme/losses"`
   * @param problems what is wrong with it, one sentence each
   */
  constructor(subject: string, problems: readonly string[]) {
    super('EQUIPOISE_INVALID_PLUGIN', `${subject} cannot be used: ${problems.join('; ')}.`, {
      details: { subject, problems },
    });
  }
}

/** Thrown when a plugin or component was written for a version of the contracts that is not understood. */
export class UnsupportedSpecVersionError extends EquipoiseError {
  /**
   * @param subject what carries the version
   * @param actual the version it carries
   * @param supported the versions that are understood
   */
  constructor(subject: string, actual: unknown, supported: readonly number[]) {
    super(
      'EQUIPOISE_UNSUPPORTED_SPEC_VERSION',
      `${subject} has specVersion ${JSON.stringify(actual)}; understood: ${supported.join(', ')}.`,
      { details: { subject, actual, supported } },
    );
  }
}
