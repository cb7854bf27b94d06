export { cifar10, cifar10Component } from './cifar-10.js';
export type { Cifar10Options } from './cifar-10.js';
export { cifar100, cifar100Component } from './cifar-100.js';
export type { Cifar100Options } from './cifar-100.js';
export { plugin } from './plugin.js';
