import { activateBackend, runJob, type ActiveBackend, type JobResult } from '@equipoise/core';
import { createFolderStorage } from '@equipoise/core/node';
import { EquipoiseError } from '@equipoise/spec';
import { loadPlugin } from './load-plugins.js';
import { commandRegistry } from './registry.js';
import type { WorkerFailure, WorkerMessage, WorkerOutcome, WorkerTask } from './run/worker-task.js';

const active = new Map<string, Promise<ActiveBackend>>();

function failureOf(error: unknown): WorkerFailure {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = EquipoiseError.isInstance(error) ? { code: error.code, details: plain(error.details) } : {};
  return { name, message, stack, ...known };
}

/** What of an error's details survives the way between threads. */
function plain(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
}

async function work(task: WorkerTask, signal: AbortSignal): Promise<JobResult> {
  const tell = (message: WorkerMessage) => task.port.postMessage(message);
  const plugins = await Promise.all(task.plugins.map((name) => loadPlugin(name, task.from)));
  const registry = commandRegistry(plugins.map(({ plugin }) => plugin));
  if (!active.has(task.backend)) active.set(task.backend, activateBackend(registry, task.backend));
  const { backend } = (await active.get(task.backend)) as ActiveBackend;
  const storage = createFolderStorage(task.folder, { onWarning: (message) => tell({ type: 'warning', message }) });
  const onEvent = (event: Extract<WorkerMessage, { type: 'event' }>['event']) => tell({ type: 'event', event });
  return runJob(task.job, { experiment: task.experiment, registry, storage, backend, signal, onEvent });
}

/** Runs one training job in a worker thread; the port tells its events, and a message on it asks to stop. */
export default async function runInWorker(task: WorkerTask): Promise<WorkerOutcome<JobResult>> {
  const controller = new AbortController();
  task.port.on('message', () => controller.abort());
  try {
    return { result: await work(task, controller.signal) };
  } catch (error) {
    return { failure: failureOf(error) };
  } finally {
    task.port.close();
  }
}
