import { definePlugin } from '@equipoise/spec';
import { myAnalysis, myAnalysisComponent } from './my-analysis.js';

/** What this package brings: the analysis `my-analysis`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: 'equipoise-plugin-my-analysis',
  components: [myAnalysisComponent],
});

/** What `equipoise check` needs to know: how to make the analysis with another batch size, to compare the results. */
export const conformance = {
  analyses: { 'my-analysis': { withBatchSize: (batchSize: number) => myAnalysis({ batchSize }) } },
};
