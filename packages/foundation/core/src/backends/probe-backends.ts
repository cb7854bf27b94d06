import type { Backend, BackendCapabilities, BackendStatus } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { AnyRegistry } from '../registry/types.js';
import { createContext } from '../run/create-context.js';
import { measureGflops } from './measure-gflops.js';

/** What is known of a backend on this machine. */
export interface BackendProbe {
  /** Its name in the registry. */
  readonly name: string;
  /** What it is, in a line. */
  readonly description: string;
  /** The package that brings it. */
  readonly pluginId: string;
  /** What it can do where it works. */
  readonly capabilities: BackendCapabilities;
  /** Whether it works here: on what device and in which version, or why not and what helps. */
  readonly status: BackendStatus;
  /** Thousand million floating-point operations a second of a matrix product; absent if not available. */
  readonly gflops?: number;
}

/**
 * Looks at every backend of a registry; those that work are made active for a moment to measure them, and then the
 * backend that was active is again.
 *
 * @param registry has the backends
 * @param options `measure: false` looks without making any backend active
 */
export async function probeBackends(
  registry: AnyRegistry,
  options: { readonly measure?: boolean } = {},
): Promise<readonly BackendProbe[]> {
  const { measure = true } = options;
  const before = tf.engine().backendName as string | undefined;
  const probes: BackendProbe[] = [];
  for (const { name, description, pluginId } of registry.list('backend')) {
    const backend = await registry.createUnknown('backend', name, {}, createContext());
    const found = await look(backend, measure);
    probes.push({ name, description, pluginId, capabilities: backend.capabilities, ...found });
  }
  if (before && before !== tf.engine().backendName) await tf.setBackend(before);
  return probes;
}

async function look(backend: Backend, measure: boolean): Promise<Pick<BackendProbe, 'status' | 'gflops'>> {
  try {
    const status = await backend.doProbe();
    if (!status.available || !measure) return { status };
    await backend.doActivate();
    await tf.ready();
    return { status, gflops: await measureGflops() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: { available: false, reason, remedy: 'see the documentation of its package' } };
  }
}
