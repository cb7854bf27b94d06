export { myDataset, myDatasetComponent } from './my-dataset.js';
export type { MyDatasetOptions } from './my-dataset.js';
export { plugin } from './plugin.js';
