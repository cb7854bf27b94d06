import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { EquipoiseError } from '@equipoise/spec';
import { buildRevision } from '../src/installation.js';
import { install, type InstallOptions } from '../src/install.js';

/** A new empty folder. */
export const newFolder = () => mkdtempSync(join(tmpdir(), 'equipoise-node-'));

/** Writes a file, and its folder if need be. */
export function write(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A folder that looks like a libtensorflow of a version; nothing in it can be loaded. */
export function fakeLibrary(version = '2.15.0'): string {
  const folder = newFolder();
  const [major, minor, patch] = version.split('.');
  const numbers = [`MAJOR_VERSION ${major}`, `MINOR_VERSION ${minor}`, `PATCH_VERSION ${patch}`];
  write(
    join(folder, 'include/tensorflow/core/public/version.h'),
    numbers.map((line) => `#define TF_${line}\n`).join(''),
  );
  write(join(folder, 'include/tensorflow/c/eager/c_api.h'));
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) write(join(folder, name));
  return folder;
}

/** Sources that look like those of @tensorflow/tfjs-node to the changes that are made to them. */
const sources: Readonly<Record<string, string>> = {
  'binding/tfjs_backend.h': 'class TFJSBackend {\n private:\n};\n',
  'binding/tfjs_backend.cc':
    'static std::set<std::string> ATTR_NAME_SET;\nTFE_ContextOptions *tfe_options = TFE_NewContextOptions();\n' +
    'TF_AutoTensor tensor(TF_NewTensor(dtype, shape, shape_length, array_data,',
  'binding/tfjs_binding.cc': '#undef EXPORT_INT_PROPERTY\n',
  'dist/nodejs_kernel_backend.js': '',
  'dist/int64_tensors.js': '',
  'dist/register_all_kernels.js': '',
  'dist/kernels/Abs.js': '',
};

/** A PATH with nothing but these shell scripts, and `sh`, `tar`, `cp`, `sleep`, `cat` and what npm would do. */
export function fakePath(programs: Readonly<Record<string, string>>, binding = sources): string {
  const folder = newFolder();
  const unpacked = newFolder();
  for (const [name, text] of Object.entries(binding)) write(join(unpacked, 'package', name), text);
  const archive = join(unpacked, 'tfjs-node.tgz');
  execFileSync('tar', ['-czf', archive, '-C', unpacked, 'package']);
  const all = { npm: `cp ${archive} .`, ...programs };
  for (const [name, body] of Object.entries(all)) {
    const file = write(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }
  for (const name of ['sh', 'tar', 'gzip', 'cp', 'sleep', 'cat', 'touch']) {
    const place = execFileSync('which', [name], { encoding: 'utf8' }).trim();
    symlinkSync(place, join(folder, name));
  }
  return folder;
}

/** A compiler that writes what cannot be loaded. */
export const emptyCompiler = 'while [ "$1" != -o ]; do shift; done; echo nothing > "$2"';

/** Installs with fake programs; gives the error's step and message. */
export async function failedInstall(
  options: InstallOptions,
  programs: Readonly<Record<string, string>>,
  binding = sources,
): Promise<{ step: unknown; message: string }> {
  try {
    await install({ ...options, environment: { PATH: fakePath(programs, binding) } });
  } catch (error) {
    if (!EquipoiseError.isInstance(error, 'EQUIPOISE_BACKEND_INSTALL')) throw error;
    return { step: error.details['step'], message: error.message };
  }
  throw new Error('The installation did not fail.');
}

/** Every file below a folder with its content. */
export function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return Object.fromEntries(
    files.filter((file) => statSync(file).isFile()).map((file) => [relative(folder, file), readFileSync(file, 'utf8')]),
  );
}

/** A home folder with an installation that looks whole. */
export function homeWithInstallation(variant = 'node', changes: object = {}): string {
  const home = newFolder();
  const folder = join(home, 'backends', variant);
  const installation = {
    revision: buildRevision,
    platform: process.platform,
    architecture: process.arch,
    tensorflow: '2.15.0',
    tfjsNode: '4.22.0',
    libraryFolder: home,
    origin: 'the library in a test',
    build: 'build-1',
    devices: [{ name: '/device:CPU:0', type: 'CPU', memory: 1 }],
    ...changes,
  };
  write(join(folder, 'installed.json'), JSON.stringify(installation));
  for (const name of ['tfjs_binding.node', 'kernels.cjs', 'quiet.node']) write(join(folder, 'build-1', name), 'old');
  return home;
}
