import { install, type InstallReport } from '@equipoise/backend-node/install';
import { probeBackends, type BackendProbe } from '@equipoise/core';
import type { Command } from 'commander';
import { usageError } from '../failure.js';
import { itemList, type Item, type Output } from '../output.js';
import { examples, jsonHelp, registryOf, withCommonOptions, type CommonOptions } from './common.js';

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
    .summary('look at the backends, what computes here, and set up more')
    .description('Look at the backends, what computes here, and set up more.');
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
  addInstall(backend, output);
}

interface InstallArguments {
  readonly gpu?: boolean;
  readonly libtensorflow?: string;
  readonly pip?: boolean | string;
  readonly json?: boolean;
}

/** Adds `equipoise backend install`. */
function addInstall(backend: Command, output: Output): void {
  backend
    .command('install <name>')
    .description(
      "Set up the backend node, TensorFlow's own kernels: find or fetch a libtensorflow, build its binding in the cache folder, check it.",
    )
    .option('--gpu', 'the backend node-gpu, for NVIDIA GPUs, on a TensorFlow with CUDA')
    .option('--libtensorflow <folder>', 'use this libtensorflow: of the C library, or of a Python wheel')
    .option('--pip [version]', 'fetch a wheel of TensorFlow with pip into the cache folder')
    .option('--json', jsonHelp)
    .addHelpText(
      'after',
      examples('backend install node', 'backend install node --pip', 'backend install node --gpu --pip'),
    )
    .action(async (name: string, { json, ...options }: InstallArguments) => {
      if (name !== 'node')
        throw usageError(`There is nothing to install for "${name}". What can be installed: node.`, { given: name });
      if (options.pip !== undefined && options.libtensorflow !== undefined)
        throw usageError('Give one of --pip and --libtensorflow, not both.');
      const report = await install({ ...options, note: output.note });
      output.out(json ? JSON.stringify(report) : itemList(describeInstall(report), output.width));
    });
}

function describeInstall(report: InstallReport): Item[] {
  return [
    ['backend', `${report.backend} can be used now`],
    ['TensorFlow', `${report.tensorflow}, from ${report.library}`],
    ['libraries', `${report.libraryFolder} (must stay where it is)`],
    ['binding', `${report.sources}; built in ${report.folder}`],
    ['devices', report.devices.join('\n')],
    ['checked', 'a convolution and its gradients'],
  ];
}
