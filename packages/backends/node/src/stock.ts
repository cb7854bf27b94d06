import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { configProto, type ContextSettings } from './binding/config-proto.js';
import type { Binding, TensorflowBackend } from './binding/types.js';
import { buildFiles } from './installation.js';

const require = createRequire(import.meta.url);

/** The JavaScript half of TensorFlow.js's binding, as `kernels.cjs` of a build holds it. */
interface StockModules {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => TensorflowBackend;
  /** Registers its kernels with TensorFlow.js. */
  registerKernels(): void;
}

/**
 * What the modules of @tensorflow/tfjs-node are given when they ask for others: this process's TensorFlow.js (theirs would be a second
 * one), two functions that `node:util` has lost in Node 23, and nothing for TensorBoard's messages.
 */
const hostModules: Readonly<Record<string, unknown>> = {
  '@tensorflow/tfjs': tf,
  '@tensorflow/tfjs-core': tf,
  './proto/api_pb': {},
  os,
  util: { isArray: Array.isArray, isNullOrUndefined: (value: unknown) => value === null || value === undefined },
};

/** Loads the binding of a build, and with it TensorFlow. */
export function loadBinding(folder: string, settings: ContextSettings): Binding {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const place = globalThis as { equipoiseTensorflowConfig?: Uint8Array };
  place.equipoiseTensorflowConfig = configProto(settings);
  const quiet = require(join(folder, buildFiles.quiet)) as { hold(): void; release(): string };
  quiet.hold();
  try {
    return require(join(folder, buildFiles.binding)) as Binding;
  } finally {
    tell(quiet.release());
    delete place.equipoiseTensorflowConfig;
  }
}

/** Passes on what TensorFlow wrote while it was loaded, but for its reports that all is well. */
function tell(messages: string): void {
  const isReport =
    /^(I\d{4} |\d{4}-.*: I |WARNING: All log messages before absl::InitializeLog|To enable the following instructions)/;
  const rest = messages.split('\n').filter((line) => line !== '' && !isReport.test(line));
  if (rest.length > 0) process.stderr.write(`${rest.join('\n')}\n`);
}

/** Registers TensorFlow.js's backend `tensorflow` and its kernels with this process's TensorFlow.js. */
export function registerBackend(folder: string, binding: Binding, packageName: string): void {
  const load = require(join(folder, buildFiles.kernels)) as (host: Readonly<Record<string, unknown>>) => StockModules;
  const { NodeJSKernelBackend, registerKernels } = load(hostModules);
  registerKernels();
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, packageName), 3);
}
