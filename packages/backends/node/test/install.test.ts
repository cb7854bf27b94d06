import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { install } from '../src/install.js';
import {
  emptyCompiler,
  failedInstall,
  fakeLibrary,
  fakePath,
  homeWithInstallation,
  newFolder,
  snapshot,
  write,
} from './fakes.js';

// Each test starts several programs.
vi.setConfig({ testTimeout: 120_000 });

describe('an installation that fails says where and why, and leaves the old one as it was', () => {
  let home: string;
  let before: Record<string, string>;
  beforeEach(() => {
    home = homeWithInstallation();
    before = snapshot(home);
  });
  afterEach(() => expect(snapshot(home)).toEqual(before));

  test('no compiler', async () => {
    const { step, message } = await failedInstall({ home, libtensorflow: fakeLibrary() }, {});
    expect(step).toBe('compiler');
    expect(message).toContain('apt install g++');
    expect(message).toContain('Nothing was changed.');
  });

  test('a compiler that fails', async () => {
    const { step, message } = await failedInstall(
      { home, libtensorflow: fakeLibrary() },
      { 'c++': 'echo "fatal error: node_api.h is odd" >&2; exit 1' },
    );
    expect(step).toBe('build');
    expect(message).toContain('fatal error: node_api.h is odd');
  });

  test('a build that cannot be loaded', async () => {
    const { step, message } = await failedInstall({ home, libtensorflow: fakeLibrary() }, { 'c++': emptyCompiler });
    expect(step).toBe('check');
    expect(message).toMatch(/built but does not work/);
  });

  test('no library where one is said to be', async () => {
    const { step, message } = await failedInstall({ home, libtensorflow: newFolder() }, {});
    expect(step).toBe('library');
    expect(message).toContain('site-packages/tensorflow');
  });

  test('no library anywhere, without Python', async () => {
    const { step, message } = await failedInstall({ home }, {});
    expect(step).toBe('library');
    expect(message).toContain('--pip');
  });

  test.each(['2.8.4', '1.15.0', '3.0.0'])('TensorFlow %s', async (version) => {
    const { step, message } = await failedInstall({ home, libtensorflow: fakeLibrary(version) }, {});
    expect(step).toBe('library');
    expect(message).toContain(`is TensorFlow ${version}; TensorFlow 2.9 or a later 2.x is needed`);
  });

  test('--pip without Python', async () => {
    const { step, message } = await failedInstall({ home, pip: true }, {});
    expect(step).toBe('python');
    expect(message).toContain('There is no program "python3"');
  });

  test('a pip that finds no wheel', async () => {
    const python3 = 'echo "ERROR: No matching distribution found for tensorflow-cpu" >&2; exit 1';
    const { step, message } = await failedInstall({ home, pip: true }, { python3 });
    expect(step).toBe('python');
    expect(message).toContain('No matching distribution found');
  });

  test('an npm that cannot fetch the sources', async () => {
    const npm = 'echo "npm error network" >&2; exit 1';
    const { step, message } = await failedInstall({ home, libtensorflow: fakeLibrary() }, { npm });
    expect(step).toBe('sources');
    expect(message).toContain('npm error network');
  });

  test('sources that are not those that are known', async () => {
    const { step, message } = await failedInstall(
      { home, libtensorflow: fakeLibrary() },
      { 'c++': emptyCompiler },
      {
        'binding/tfjs_backend.h': 'class Another {};',
        'dist/nodejs_kernel_backend.js': '',
        'dist/int64_tensors.js': '',
        'dist/register_all_kernels.js': '',
        'dist/kernels/Abs.js': '',
      },
    );
    expect(step).toBe('sources');
    expect(message).toContain('tfjs_backend.h lacks "private:"');
  });

  test('another platform', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    const { step, message } = await failedInstall({ home }, {});
    vi.restoreAllMocks();
    expect(step).toBe('platform');
    expect(message).toContain('WSL');
  });

  test('an installation that was killed half-way is cleared away by the next', async () => {
    write(join(home, 'backends/node/building-1-2/compile/half.cc'), 'half');
    const { step } = await failedInstall({ home, libtensorflow: fakeLibrary() }, {});
    expect(step).toBe('compiler');
  });

  test('a lock of a process that was killed opens by itself', async () => {
    const lock = join(home, 'backends/node/.lock');
    mkdirSync(lock);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    const { step } = await failedInstall({ home, libtensorflow: fakeLibrary() }, {});
    expect(step).toBe('compiler');
  });

  test('two at once: the second is told so, the first goes on', async () => {
    const signal = join(newFolder(), 'go');
    const waiting = `while [ ! -e ${signal} ]; do sleep 0.1; done; ${emptyCompiler}`;
    let first: Promise<unknown> | undefined;
    await new Promise<void>((building) => {
      const note = (text: string) => text.startsWith('Building') && building();
      const environment = { PATH: fakePath({ 'c++': waiting }) };
      first = install({ home, libtensorflow: fakeLibrary(), environment, note }).catch((error: unknown) => error);
    });
    const { step, message } = await failedInstall({ home, libtensorflow: fakeLibrary() }, {});
    expect(step).toBe('lock');
    expect(message).toContain('Another process is installing');
    write(signal);
    expect(await first).toMatchObject({ details: { step: 'check' } });
  });
});

test('the library of Python is found without running any of TensorFlow', async () => {
  const site = newFolder();
  const found = fakeLibrary('1.0.0');
  const python3 = `case "$*" in *find_spec*) echo "${found}";; *) touch ${join(site, 'ran')};; esac`;
  const { step, message } = await failedInstall({ home: newFolder() }, { python3 });
  expect(step).toBe('library');
  expect(message).toContain(`The Python package in ${found} is TensorFlow 1.0.0`);
  expect(snapshot(site)).toEqual({});
});

test('what is done is told, step by step', async () => {
  const notes: string[] = [];
  const libtensorflow = fakeLibrary();
  await failedInstall({ home: newFolder(), libtensorflow, note: (text) => notes.push(text) }, { 'c++': emptyCompiler });
  expect(notes).toEqual([
    `Using the library in ${libtensorflow}.`,
    expect.stringContaining('Fetching the sources of @tensorflow/tfjs-node'),
    'Building the binding with c++ …',
    expect.stringContaining('Checking the build'),
  ]);
});
