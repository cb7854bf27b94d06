export { transferSchema } from './options.js';
export type { TransferOptions } from './options.js';
export { plugin } from './plugin.js';
export { transfer, transferComponent } from './transfer.js';
export type { ModeData, TransferData } from './transfer-data.js';
export { correlateTransfer, transferMatrix } from './transfer-matrix.js';
export type { TransferCell, TransferCorrelation, TransferMode, TransferPredictions } from './transfer-matrix.js';
