export { adversarial, adversarialComponent } from './adversarial.js';
export type { AdversarialOptions } from './options.js';
export { plugin } from './plugin.js';
