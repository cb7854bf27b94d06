export { balance, balanceComponent } from './balance.js';
export type { BalanceData } from './balance-report.js';
export { judgePairs, meanBalance, pairGroups } from './judge-pairs.js';
export type { PairGroup, PairRates, Pairs } from './judge-pairs.js';
export type { BalanceOptions } from './options.js';
export { plugin } from './plugin.js';
