import type { WebgpuSettings } from '../options.js';
import { openDawn } from './node.js';

/** An adapter and what gave it. */
export interface FoundAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  /** The classes and constants of WebGPU. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Whether it is Node's, by the package `webgpu`. */
  readonly isDawn: boolean;
}

/** Why there is none. */
export interface NoAdapter {
  readonly reason: string;
  readonly remedy: string;
}

/** Asks the browser, or Dawn in Node, for an adapter. */
export async function findAdapter(settings: WebgpuSettings): Promise<FoundAdapter | NoAdapter> {
  const native = globalThis.navigator?.gpu;
  const isDawn = native === undefined && isNode();
  if (native === undefined && !isDawn) {
    return {
      reason: 'This browser offers no WebGPU (navigator.gpu) to this page.',
      remedy: 'Use a browser with WebGPU and serve the page by https or from localhost, or use the backend "wasm".',
    };
  }
  const opened = isDawn ? await openDawn(settings) : { gpu: native as GPU, globals: globalThis as never };
  if ('reason' in opened) return opened;
  const { powerPreference, forceFallbackAdapter } = settings;
  try {
    const adapter = await opened.gpu.requestAdapter({ powerPreference, forceFallbackAdapter });
    return adapter ? { ...opened, adapter, isDawn } : missingAdapter(isDawn, settings);
  } catch (error) {
    return missingAdapter(isDawn, settings, error);
  }
}

function isNode(): boolean {
  return globalThis.process?.getBuiltinModule?.('node:fs') !== undefined;
}

/** Dawn's own words end in a list of the adapters that there are. */
function missingAdapter(isDawn: boolean, settings: WebgpuSettings, error?: unknown): NoAdapter {
  const wanted = settings.adapter === undefined ? 'WebGPU' : `WebGPU whose name contains "${settings.adapter}"`;
  const message = error instanceof Error ? ` (${error.message.replace(/\s+/g, ' ').trim()})` : '';
  return {
    reason: `There is no GPU for ${wanted}${message}.`,
    remedy: isDawn
      ? 'Install the driver of the GPU (on Linux one for Vulkan, and its loader libvulkan1); to compute in software let VK_ICD_FILENAMES name ' +
        'the .json file of SwiftShader, which Debian has in its package chromium.'
      : 'Allow the browser to use the GPU (chrome://gpu tells why it does not), or use the backend "wasm".',
  };
}

/** What an adapter says of itself; older browsers say nothing without being asked asynchronously. */
export function infoOf(adapter: GPUAdapter): Partial<GPUAdapterInfo> {
  return (adapter as { readonly info?: Partial<GPUAdapterInfo> }).info ?? {};
}

/** What to call an adapter: its driver's description, or maker and family. */
export function describeAdapter(adapter: GPUAdapter): string {
  const { description, vendor, architecture } = infoOf(adapter);
  const name = description || [vendor, architecture].filter(Boolean).join(' ');
  return name || 'a GPU that keeps its name to itself';
}
