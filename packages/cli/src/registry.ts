import { plugin as balance } from '@equipoise/analysis-balance';
import { plugin as sensitivity } from '@equipoise/analysis-sensitivity';
import { plugin as cpu } from '@equipoise/backend-cpu';
import { plugin as node } from '@equipoise/backend-node';
import { plugin as wasm } from '@equipoise/backend-wasm';
import { createRegistry, type Registry } from '@equipoise/core';
import { plugin as cifar } from '@equipoise/dataset-cifar';
import { plugin as datasetCombinators } from '@equipoise/dataset-combinators';
import { plugin as mnist } from '@equipoise/dataset-mnist';
import { plugin as syntheticMnist } from '@equipoise/dataset-synthetic-mnist';
import { plugin as lossCombinators } from '@equipoise/loss-combinators';
import { plugin as crossEntropy } from '@equipoise/loss-cross-entropy';
import { plugin as fcl } from '@equipoise/loss-fcl';
import { plugin as vision } from '@equipoise/model-vision';
import type { AnyComponent, Plugin } from '@equipoise/spec';
import { plugin as supervised } from '@equipoise/trainer-supervised';

/** What the command brings, package by package. */
export const shippedPlugins: readonly Plugin[] = [
  cpu,
  node,
  wasm,
  mnist,
  syntheticMnist,
  cifar,
  datasetCombinators,
  vision,
  crossEntropy,
  fcl,
  lossCombinators,
  supervised,
  sensitivity,
  balance,
];

/** The registry of the command: what it brings, and what `--plugin` adds. */
export function commandRegistry(further: readonly Plugin[] = []): Registry<AnyComponent> {
  return [...shippedPlugins, ...further].reduce<Registry<AnyComponent>>(
    (registry, plugin) => registry.use(plugin),
    createRegistry(),
  );
}
