export { myModel, myModelComponent } from './my-model.js';
export type { MyModelOptions } from './my-model.js';
export { plugin } from './plugin.js';
