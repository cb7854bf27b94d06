export { gradientImages, gradientImagesComponent } from './gradient-images.js';
export type { GradientImagesOptions } from './gradient-images.js';
export { lossLandscape, lossLandscapeComponent } from './loss-landscape.js';
export type { LossLandscapeOptions } from './options.js';
export { plugin } from './plugin.js';
