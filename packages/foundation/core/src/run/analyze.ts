import type { Analysis, Report, RunContext, Subject } from '@equipoise/spec';
import { checkDatasetFitsModel } from './check-task.js';
import { parseReport } from './parse-report.js';

/**
 * Lets an analysis look at a model.
 *
 * @param analysis the analysis
 * @param subject model, data set and what to call the model
 * @param context randomness, the wish to stop, and an ear
 * @returns a report whose shape was checked; numbers in tables that are NaN or infinite have become `null`
 * @throws ShapeError, DataError if the data do not fit the model
 * @throws EquipoiseError `EQUIPOISE_INVALID_REPORT` if the analysis gives something else than a report
 */
export async function analyze(analysis: Analysis, subject: Subject, context: RunContext): Promise<Report> {
  checkDatasetFitsModel(subject.dataset, subject.model);
  return parseReport(await analysis.doAnalyze(subject, context));
}
