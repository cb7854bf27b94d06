export { myAnalysis, myAnalysisComponent } from './my-analysis.js';
export type { MyAnalysisOptions } from './my-analysis.js';
export { conformance, plugin } from './plugin.js';
