import { definePlugin } from '@equipoise/spec';
import { arraysComponent } from './from-arrays.js';
import { mapLabelsComponent } from './map-labels.js';
import { selectClassesComponent } from './select-classes.js';
import { splitOffComponent } from './split-off.js';
import { subsetComponent } from './subset.js';

/** The data sets `arrays`, `map-labels`, `select-classes`, `split-off` and `subset`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/dataset-combinators',
  components: [arraysComponent, mapLabelsComponent, selectClassesComponent, splitOffComponent, subsetComponent],
});
