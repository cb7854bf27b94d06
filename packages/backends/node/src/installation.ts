import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '@equipoise/kit/node';
import * as z from 'zod';

/** Which of the two backends: on processors, or on NVIDIA GPUs. */
export type Variant = 'node' | 'node-gpu';

/** Counts up with each change of what a build holds; a build of another revision is made anew. */
export const buildRevision = 4;

/** The files of a build. */
export const buildFiles = { binding: 'tfjs_binding.node', kernels: 'kernels.cjs', quiet: 'quiet.node' } as const;

const schema = z.object({
  revision: z.number(),
  platform: z.string(),
  architecture: z.string(),
  /** Version of TensorFlow. */
  tensorflow: z.string(),
  /** Version of @tensorflow/tfjs-node. */
  tfjsNode: z.string(),
  /** Folder with the shared libraries of TensorFlow. */
  libraryFolder: z.string(),
  /** Where the library comes from, in words. */
  origin: z.string(),
  /** Name of the build's folder, beside this file. */
  build: z.string(),
  devices: z.array(z.object({ name: z.string(), type: z.string(), memory: z.number() })),
});

/** What is known of a build that was checked and can be used. */
export type Installation = z.infer<typeof schema>;

/** The folder in which a variant's builds lie. */
export function variantFolder(variant: Variant, home: string = homeFolder()): string {
  return join(home, 'backends', variant);
}

/** The file that says which build is in use; it is replaced in one step. */
export function installationFile(variant: Variant, home?: string): string {
  return join(variantFolder(variant, home), 'installed.json');
}

/** An installation that can be used, or why there is none. */
export type Found = { readonly installation: Installation; readonly folder: string } | { readonly fault: string };

/** Looks for an installation; loads nothing. */
export function findInstallation(variant: Variant, home?: string): Found {
  const file = installationFile(variant, home);
  if (!existsSync(file)) return { fault: 'TensorFlow has not been set up for it on this machine' };
  const installation = read(file);
  if (installation === undefined) return { fault: `${file} is damaged` };
  const folder = join(variantFolder(variant, home), installation.build);
  const { revision, platform, architecture, libraryFolder } = installation;
  if (platform !== process.platform || architecture !== process.arch)
    return {
      fault: `it was set up for ${platform} on ${architecture}, and this is ${process.platform} on ${process.arch}`,
    };
  if (revision !== buildRevision) return { fault: 'it was set up by another version of Equipoise' };
  if (!existsSync(libraryFolder)) return { fault: `the folder with TensorFlow, ${libraryFolder}, is gone` };
  const missing = Object.values(buildFiles).find((name) => !existsSync(join(folder, name)));
  if (missing !== undefined) return { fault: `${join(folder, missing)} is gone` };
  return { installation, folder };
}

function read(file: string): Installation | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
