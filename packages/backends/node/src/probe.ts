import { availableParallelism } from 'node:os';
import type { BackendStatus } from '@equipoise/spec';
import { findInstallation, type Installation, type Variant } from './installation.js';
import { gpuNames } from './gpus.js';

/** What makes a variant available. */
export function remedyFor(variant: Variant): string {
  const command = `equipoise backend install node${variant === 'node-gpu' ? ' --gpu' : ''}`;
  return `run \`${command}\` (or \`${command} --pip\`, which fetches TensorFlow with pip)`;
}

/** Whether a variant is set up here, and on what it runs. Loads nothing. */
export function probe(variant: Variant, { device = 0 }: { readonly device?: number | undefined }): BackendStatus {
  const found = findInstallation(variant);
  if ('fault' in found) return { available: false, reason: found.fault, remedy: remedyFor(variant) };
  const { tensorflow, tfjsNode } = found.installation;
  const version = `TensorFlow ${tensorflow}, binding of TensorFlow.js ${tfjsNode}`;
  if (variant === 'node') return { available: true, device: `${cores(availableParallelism())}`, version };
  const gpus = describeGpus(found.installation);
  if (device >= gpus.length) {
    const reason = `There is no GPU ${device}; this machine has ${gpus.length}: ${gpus.join('; ')}`;
    return { available: false, reason, remedy: 'choose another with the option device' };
  }
  return { available: true, device: `GPU ${device} of ${gpus.length}: ${gpus.join('; ')}`, version };
}

const cores = (count: number) => `processor, ${count === 1 ? '1 core' : `${count} cores`}`;

/** The GPUs, as the driver names them, or as TensorFlow counted them. */
function describeGpus({ devices }: Installation): string[] {
  const names = gpuNames();
  if (names.length > 0) return names.map((name, index) => `${index} ${name}`);
  return devices
    .filter(({ type }) => type === 'GPU')
    .map(({ memory }, index) => `${index} with ${(memory / 2 ** 30).toFixed(1)} GiB`);
}
