import { enableGradients } from '@equipoise/autodiff';
import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { ContextSettings } from './binding/config-proto.js';
import type { Binding } from './binding/types.js';
import { findInstallation, type Variant } from './installation.js';
import { completeKernels } from './kernels/index.js';
import { probe, remedyFor } from './probe.js';
import { loadBinding, registerBackend } from './stock.js';

let loaded: Variant | undefined;

/** Makes TensorFlow the active backend of this process's TensorFlow.js. */
export async function activate(variant: Variant, settings: ContextSettings): Promise<void> {
  if (!isRegistered()) {
    const status = probe(variant, settings);
    if (!status.available) throw unavailable(variant, status.reason, status.remedy);
    const found = findInstallation(variant);
    if ('fault' in found) throw unavailable(variant, found.fault, remedyFor(variant));
    await activateBuild(found.folder, variant, settings);
    return;
  }
  if (loaded !== undefined && loaded !== variant)
    throw unavailable(variant, `"${loaded}" is loaded in this process`, 'use it in a process of its own');
  await makeActive();
}

/** Loads a build and makes it the active backend; throws what the system says if it cannot be loaded. */
export async function activateBuild(folder: string, variant: Variant, settings: ContextSettings): Promise<Binding> {
  const binding = open(folder, variant, settings);
  registerBackend(folder, binding, variant === 'node-gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node');
  loaded = variant;
  if (settings.threads !== undefined) binding.equipoise?.useThreads(settings.threads);
  await makeActive();
  return binding;
}

function open(folder: string, variant: Variant, settings: ContextSettings): Binding {
  try {
    return loadBinding(folder, settings);
  } catch (error) {
    const reason = `its binding in ${folder} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    throw unavailable(variant, reason, remedyFor(variant), error);
  }
}

/** Whether TensorFlow.js has the backend already: from here, or because the application imported @tensorflow/tfjs-node. */
function isRegistered(): boolean {
  return 'tensorflow' in tf.engine().registryFactory;
}

async function makeActive(): Promise<void> {
  await tf.setBackend('tensorflow');
  completeKernels();
  enableGradients();
}

function unavailable(variant: Variant, reason: string, remedy: string, cause?: unknown): EquipoiseError {
  const details = { backend: variant, reason, remedy };
  const message = `Backend "${variant}" cannot be used: ${reason}. To get it: ${remedy}.`;
  return new EquipoiseError('EQUIPOISE_BACKEND_UNAVAILABLE', message, { details, cause });
}
