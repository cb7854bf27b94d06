export type { TradesOptions } from './options.js';
export { plugin } from './plugin.js';
export { trades, tradesComponent } from './trades.js';
