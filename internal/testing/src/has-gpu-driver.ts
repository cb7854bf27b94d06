/** Ends with 0 where the backend webgpu can be tested. */
import { hasGpuDriver } from './vulkan.js';

process.exitCode = hasGpuDriver() ? 0 : 1;
