import { definePlugin } from '@equipoise/spec';
import { cifar100Component } from './cifar-100.js';
import { cifar10Component } from './cifar-10.js';

/** The data sets `cifar-10` and `cifar-100`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/dataset-cifar',
  components: [cifar10Component, cifar100Component],
});
