import { plugin as balance } from '@equipoise/analysis-balance';
import { plugin as landscape } from '@equipoise/analysis-landscape';
import { plugin as robustness } from '@equipoise/analysis-robustness';
import { plugin as sensitivity } from '@equipoise/analysis-sensitivity';
import { plugin as transfer } from '@equipoise/analysis-transfer';
import { plugin as relabel } from '@equipoise/attack-adversarial-relabel';
import { plugin as autoAttack } from '@equipoise/attack-auto';
import { plugin as blackBox } from '@equipoise/attack-black-box';
import { plugin as attackCombinators } from '@equipoise/attack-combinators';
import { plugin as minimal } from '@equipoise/attack-minimal';
import { plugin as pgd } from '@equipoise/attack-pgd';
import { plugin as plb } from '@equipoise/attack-plb';
import { plugin as cpu } from '@equipoise/backend-cpu';
import { plugin as node } from '@equipoise/backend-node';
import { plugin as wasm } from '@equipoise/backend-wasm';
import { plugin as webgpu } from '@equipoise/backend-webgpu';
import { createRegistry, type Registry } from '@equipoise/core';
import { plugin as cifar } from '@equipoise/dataset-cifar';
import { plugin as datasetCombinators } from '@equipoise/dataset-combinators';
import { plugin as mnist } from '@equipoise/dataset-mnist';
import { plugin as syntheticMnist } from '@equipoise/dataset-synthetic-mnist';
import { plugin as lossCombinators } from '@equipoise/loss-combinators';
import { plugin as crossEntropy } from '@equipoise/loss-cross-entropy';
import { plugin as fcl } from '@equipoise/loss-fcl';
import { plugin as trades } from '@equipoise/loss-trades';
import { plugin as modelAdapters } from '@equipoise/model-adapters';
import { plugin as vision } from '@equipoise/model-vision';
import type { AnyComponent, Plugin } from '@equipoise/spec';
import { plugin as adversarial } from '@equipoise/trainer-adversarial';
import { plugin as supervised } from '@equipoise/trainer-supervised';

/** What the command brings, package by package. */
export const shippedPlugins: readonly Plugin[] = [
  cpu,
  node,
  wasm,
  webgpu,
  cifar,
  datasetCombinators,
  mnist,
  syntheticMnist,
  vision,
  modelAdapters,
  crossEntropy,
  fcl,
  lossCombinators,
  trades,
  attackCombinators,
  autoAttack,
  blackBox,
  minimal,
  pgd,
  plb,
  relabel,
  adversarial,
  supervised,
  balance,
  landscape,
  robustness,
  sensitivity,
  transfer,
];

/** The registry of the command: what it brings, and what `--plugin` adds. */
export function commandRegistry(further: readonly Plugin[] = []): Registry<AnyComponent> {
  return [...shippedPlugins, ...further].reduce<Registry<AnyComponent>>(
    (registry, plugin) => registry.use(plugin),
    createRegistry(),
  );
}
