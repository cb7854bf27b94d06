import { type Backend, type BackendStatus, EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { AnyRegistry } from '../registry/types.js';
import { createContext } from '../run/create-context.js';

/** The backends that `auto` looks for, best first; those that are not registered are passed over. */
export const automaticOrder: readonly string[] = Object.freeze(['node-gpu', 'node', 'wasm', 'cpu']);

/** The backend that computes from now on. */
export interface ActiveBackend {
  /** Its name in the registry. */
  readonly name: string;
  /** The backend itself. */
  readonly backend: Backend;
  /** What it runs on. */
  readonly device: string;
  /** Its version. */
  readonly version: string;
}

/**
 * Makes a backend the active one of TensorFlow.js.
 *
 * @param registry has the backends
 * @param name a name, or `auto` for the first of `node-gpu`, `node`, `wasm` and `cpu` that is registered and works
 * @throws NoSuchComponentError if there is no backend of that name
 * @throws EquipoiseError `EQUIPOISE_BACKEND_UNAVAILABLE` if it cannot be used here; says why and what helps
 */
export async function activateBackend(registry: AnyRegistry, name: string = 'auto'): Promise<ActiveBackend> {
  if (name !== 'auto') return activate(registry, name);
  const registered = registry.list('backend').map((entry) => entry.name);
  const failures: string[] = [];
  for (const candidate of automaticOrder.filter((one) => registered.includes(one))) {
    try {
      return await activate(registry, candidate);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw unavailable(
    `No backend works here. Registered: ${registered.join(', ') || 'none'}.${failures.map((text) => `\n  ${text}`).join('')}`,
    { registered, failures },
  );
}

async function activate(registry: AnyRegistry, name: string): Promise<ActiveBackend> {
  const backend = await registry.createUnknown('backend', name, {}, createContext());
  const status: BackendStatus = await backend.doProbe();
  if (!status.available) {
    const message = `The backend "${name}" cannot be used here: ${status.reason}. To get it: ${status.remedy}.`;
    throw unavailable(message, { name, reason: status.reason, remedy: status.remedy });
  }
  await backend.doActivate();
  await tf.ready();
  if (tf.getBackend() !== backend.tfjsName) {
    const message = `The backend "${name}" did not become active: TensorFlow.js uses "${tf.getBackend()}".`;
    throw unavailable(message, { name, active: tf.getBackend() });
  }
  return { name, backend, device: status.device, version: status.version };
}

function unavailable(message: string, details: Readonly<Record<string, unknown>>): EquipoiseError {
  return new EquipoiseError('EQUIPOISE_BACKEND_UNAVAILABLE', message, { details });
}
