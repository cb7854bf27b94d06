import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { activateBackend, runJob, type JobDependencies, type TrainingJob } from '@equipoise/core';
import { createFolderStorage } from '@equipoise/core/node';
import { EquipoiseError } from '@equipoise/spec';
import { loadPlugin } from './load-plugins.js';
import { commandRegistry } from './registry.js';
import type { WorkerFailure, WorkerMessage, WorkerOrder, WorkerSetup } from './run/worker-task.js';

const port = parentPort as MessagePort;
const tell = (message: WorkerMessage) => port.postMessage(message);

async function prepare({ experiment, folder, backend, plugins, from }: WorkerSetup): Promise<JobDependencies> {
  const loaded = await Promise.all(plugins.map((name) => loadPlugin(name, from)));
  const registry = commandRegistry(loaded.map(({ plugin }) => plugin));
  const active = await activateBackend(registry, backend);
  const storage = createFolderStorage(folder, { onWarning: (message) => tell({ type: 'warning', message }) });
  const onEvent: JobDependencies['onEvent'] = (event) => tell({ type: 'event', event });
  return { experiment, registry, storage, backend: active.backend, onEvent };
}

function failureOf(error: unknown): WorkerFailure {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = EquipoiseError.isInstance(error) ? { code: error.code, details: plain(error.details) } : {};
  return { name, message, stack, ...known };
}

/** What of an error's details survives the way between threads. */
function plain(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
}

let prepared: Promise<JobDependencies> | undefined;
let controller = new AbortController();

async function run(job: TrainingJob): Promise<void> {
  controller = new AbortController();
  const { signal } = controller;
  try {
    prepared ??= prepare(workerData as WorkerSetup);
    tell({ type: 'result', result: await runJob(job, { ...(await prepared), signal }) });
  } catch (error) {
    tell({ type: 'failure', failure: failureOf(error) });
  }
}

port.on('message', (order: WorkerOrder) => {
  if (order.type === 'run') void run(order.job);
  else controller.abort();
});
