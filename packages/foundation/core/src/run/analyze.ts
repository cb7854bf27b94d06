import type { Analysis, Report, RunContext, Subject } from '@equipoise/spec';
import { checkAnalysis } from './check-analysis.js';
import { checkDatasetFitsModel } from './check-task.js';
import { parseReport } from './parse-report.js';

/**
 * Lets an analysis look at a model.
 *
 * @param analysis the analysis
 * @param subject model, data set and what to call the model
 * @param context randomness, the wish to stop, and an ear
 * @returns a report whose shape was checked; numbers in tables that are NaN or infinite have become `null`
 * @throws ShapeError, DataError if the data do not fit the model; DataError, UnsupportedError if they lack what it needs
 * @throws EquipoiseError `EQUIPOISE_INVALID_REPORT` if the analysis gives something else than a report
 */
export async function analyze(analysis: Analysis, subject: Subject, context: RunContext): Promise<Report> {
  checkAnalysis(analysis, subject.dataset, subject.model);
  checkDatasetFitsModel(subject.dataset, subject.model);
  return parseReport(await analysis.doAnalyze(subject, context));
}
