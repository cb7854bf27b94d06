export { myTrainer, myTrainerComponent } from './my-trainer.js';
export type { MyTrainerOptions } from './my-trainer.js';
export { plugin } from './plugin.js';
