import { probeBackends, type BackendProbe } from '@equipoise/core';
import type { Command } from 'commander';
import { columns, type Output } from '../output.js';
import { registryOf, withCommonOptions, type CommonOptions } from './common.js';

function describe({ name, status, capabilities, gflops }: BackendProbe): readonly string[] {
  const able = [
    capabilities.training ? 'trains' : 'inference only',
    ...(capabilities.secondOrder ? ['second order'] : []),
    ...(capabilities.workers ? ['worker threads'] : []),
    capabilities.environments.join(' and '),
  ].join(', ');
  if (!status.available) return [name, 'no', status.reason, '', able, `to get it: ${status.remedy}`];
  return [name, 'yes', status.device, gflops === undefined ? '' : gflops.toFixed(1), able, `version ${status.version}`];
}

/** Adds `equipoise backend`. */
export function addBackend(program: Command, output: Output): void {
  const backend = program.command('backend').description('Look at the backends: what computes here.');
  const list = backend
    .command('list')
    .description('Show every backend: available or why not, how to get it, device, capabilities, measured speed.')
    .option('--no-measure', 'do not measure the speed of a matrix product')
    .addHelpText('after', '\nExample:\n  $ equipoise backend list');
  withCommonOptions(list).action(async (options: CommonOptions & { readonly measure: boolean }) => {
    const probes = await probeBackends(await registryOf(options), { measure: options.measure });
    if (options.json) return output.out(JSON.stringify(probes));
    return output.out(columns(['backend', 'available', 'device', 'GFLOP/s', 'capabilities', ''], probes.map(describe)));
  });
  list.copyInheritedSettings(program);
}
