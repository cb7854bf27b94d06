import type { Report } from '@equipoise/spec';
import { DataError } from '@equipoise/spec';
import { parseReport } from '../run/parse-report.js';

const understood = 1;

/**
 * Checks that a value, mostly JSON from a file, is a report that this version can show.
 *
 * Numbers in tables that are not finite become `null`, as JSON makes them; renderers show a dash.
 *
 * @throws `DataError` for a report of another version; `EquipoiseError` with code `EQUIPOISE_INVALID_REPORT` that lists
 * each fault and its path for everything else
 */
export function validateReport(value: unknown): Report {
  const version = (value as { reportVersion?: unknown } | null | undefined)?.reportVersion;
  if (version !== undefined && version !== understood) {
    throw new DataError(
      `This report has reportVersion ${JSON.stringify(version)}; understood: ${understood}. ` +
        'It was probably made by a newer version of Equipoise: update @equipoise/core.',
      { actual: version, understood: [understood] },
    );
  }
  return parseReport(value);
}
