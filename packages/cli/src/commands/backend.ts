import { probeBackends, type BackendProbe } from '@equipoise/core';
import type { Command } from 'commander';
import { itemList, type Item, type Output } from '../output.js';
import { examples, registryOf, withCommonOptions, type CommonOptions } from './common.js';

function describe({ name, status, capabilities, gflops }: BackendProbe): Item {
  const able = [
    capabilities.training ? 'trains' : 'inference only',
    ...(capabilities.secondOrder ? ['second-order gradients'] : []),
    ...(capabilities.workers ? ['worker threads'] : []),
    capabilities.environments.join(' and '),
  ].join(', ');
  if (!status.available) return [name, `not available: ${status.reason}\nto get it: ${status.remedy}\ncan do: ${able}`];
  const speed = gflops === undefined ? [] : [`${gflops.toFixed(1)} GFLOP/s in a matrix product`];
  return [name, ['available', `runs on: ${status.device} (${status.version})`, `can do: ${able}`, ...speed].join('\n')];
}

/** Adds `equipoise backend`. */
export function addBackend(program: Command, output: Output): void {
  const backend = program
    .command('backend')
    .summary('look at the backends: what computes here')
    .description('Look at the backends: what computes here.');
  const list = backend
    .command('list', { isDefault: true })
    .description('Show every backend: available or why not, how to get it, device, capabilities, measured speed.')
    .option('--no-measure', 'do not measure the speed of a matrix product')
    .addHelpText('after', examples('backend list', 'backend list --no-measure --json'));
  withCommonOptions(list).action(async (options: CommonOptions & { readonly measure: boolean }) => {
    const probes = await probeBackends(await registryOf(options), { measure: options.measure });
    output.out(options.json ? JSON.stringify(probes) : itemList(probes.map(describe), output.width));
  });
  list.copyInheritedSettings(program);
}
