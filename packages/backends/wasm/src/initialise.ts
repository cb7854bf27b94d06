import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { normalisePaths } from './binaries.js';
import type { WasmOptions } from './options.js';

let initialising: Promise<void> | undefined;

/** Loads TensorFlow.js's WebAssembly backend, once a process (or worker thread). Makes it the active backend, as TensorFlow.js does. */
export function initialise(options: WasmOptions): Promise<void> {
  if (tf.engine().registry['wasm'] !== undefined) return Promise.resolve();
  initialising ??= load(options).finally(() => (initialising = undefined));
  return initialising;
}

async function load({ wasmPaths }: WasmOptions): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (wasmPaths !== undefined) setWasmPaths(normalisePaths(wasmPaths));
  const removeNewListeners = watchListeners();
  const isReady = await tf.setBackend('wasm');
  removeNewListeners();
  if (isReady) return;
  throw new EquipoiseError(
    'EQUIPOISE_BACKEND_UNAVAILABLE',
    'Backend "wasm" could not be loaded: its .wasm file was not found beside the code or is not valid. Let the option wasmPaths name the folder ' +
      'with the .wasm files of @tensorflow/tfjs-backend-wasm/dist (in a browser: its address on your server), and start anew.',
    { details: { backend: 'wasm', wasmPaths } },
  );
}

const processEvents = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Remembers the process's listeners for errors; the returned function removes those that came since: Emscripten's start-up code adds
 * some that throw what they hear, which would turn every uncaught error of an application into exit code 7.
 */
function watchListeners(): () => void {
  const target = globalThis.process;
  if (typeof target?.listeners !== 'function') return () => undefined;
  const before = processEvents.map((event) => new Set(target.listeners(event as 'uncaughtException')));
  return () => {
    processEvents.forEach((event, index) => {
      for (const listener of target.listeners(event as 'uncaughtException')) {
        if (!before[index]?.has(listener)) target.off(event, listener);
      }
    });
  };
}
