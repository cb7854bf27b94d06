import type { FoundAdapter } from './find-adapter.js';

const features: readonly GPUFeatureName[] = ['timestamp-query', 'bgra8unorm-storage'];

const limits = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;

/** Makes a device with all that TensorFlow.js can use of the adapter. */
export function createDevice({ adapter }: FoundAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name] as number])),
  });
}
