import type { WebgpuSettings } from '../options.js';
import type { NoAdapter } from './find-adapter.js';

/** The part of the npm package `webgpu` (Dawn) that is used. */
interface DawnModule {
  create(options: string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** A variable, so that bundlers for browsers do not look for it. */
const packageName = 'webgpu';

/** Loads Dawn and makes its GPU object; an application has one for each adapter that it names. */
export async function openDawn({
  adapter,
}: WebgpuSettings): Promise<{ readonly gpu: GPU; readonly globals: DawnModule['globals'] } | NoAdapter> {
  try {
    const dawn = (await import(/* @vite-ignore */ /* webpackIgnore: true */ packageName)) as DawnModule;
    return { gpu: dawn.create(adapter === undefined ? [] : [`adapter=${adapter}`]), globals: dawn.globals };
  } catch (error) {
    const { message, code } = error as { readonly message: string; readonly code?: string };
    return code === 'ERR_MODULE_NOT_FOUND'
      ? { reason: 'Node has no WebGPU of its own.', remedy: 'Install it: npm install webgpu.' }
      : { reason: `The package webgpu cannot be loaded (${message}).`, remedy: 'Install it anew: npm install webgpu.' };
  }
}
