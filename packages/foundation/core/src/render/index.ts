export { renderHtml } from './html.js';
export { mergeReports } from './merge-reports.js';
export { validateReport } from './validate-report.js';
