export { carliniWagner, carliniWagnerComponent } from './carlini-wagner/carlini-wagner.js';
export type { CarliniWagnerOptions } from './carlini-wagner/carlini-wagner.js';
export { ddn, ddnComponent } from './ddn.js';
export type { DdnOptions } from './ddn.js';
export { deepfool, deepfoolComponent } from './deepfool/deepfool.js';
export type { DeepfoolOptions } from './deepfool/deepfool.js';
export { fmn, fmnComponent } from './fmn/fmn.js';
export type { FmnOptions } from './fmn/fmn.js';
export { plugin } from './plugin.js';
