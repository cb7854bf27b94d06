export { myLoss, myLossComponent } from './my-loss.js';
export type { MyLossOptions } from './my-loss.js';
export { plugin } from './plugin.js';
