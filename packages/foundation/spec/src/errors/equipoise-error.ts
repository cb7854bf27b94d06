const marker = Symbol.for('equipoise.error');

/** Machine-readable facts of an error: what was given, what was expected, what is available. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Options of {@link EquipoiseError}. */
export interface EquipoiseErrorOptions {
  /** Facts for programs that handle the error. */
  readonly details?: ErrorDetails;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Base of every error that Equipoise throws on purpose.
 *
 * `code` is stable within a major version, `message` is for people and may change, `details` is for programs.
 * Recognise one by {@link EquipoiseError.isInstance}, which works across duplicated copies of this package, never by
 * `instanceof`.
 */
export class EquipoiseError extends Error {
  /** Stable upper-case code, `EQUIPOISE_…`. */
  readonly code: string;
  /** Machine-readable facts. */
  readonly details: ErrorDetails;

  /**
   * @param code stable upper-case code, `EQUIPOISE_…`
   * @param message what was given, what was expected, what is available
   * @param options details and cause
   */
  constructor(code: string, message: string, options: EquipoiseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether a value is an Equipoise error, of any copy of this package; with `code`, of that code. */
  static isInstance(value: unknown, code?: string): value is EquipoiseError {
    if (typeof value !== 'object' || value === null || !(marker in value)) return false;
    return code === undefined || (value as unknown as EquipoiseError).code === code;
  }
}
