import { homeFolder } from '@equipoise/core/node';
import { EquipoiseError } from '@equipoise/spec';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isWindows = process.platform === 'win32';

/** The Python that makes the virtual environment. */
const basePython = process.env['PYTHON'] ?? (isWindows ? 'python' : 'python3');

/**
 * The Python that runs the peers, with PyTorch in a virtual environment in the cache folder. Made at the first use.
 * @param note told what is being done
 * @returns path of the interpreter
 * @throws EquipoiseError with code `EQUIPOISE_BENCH_PEERS_UNAVAILABLE` if Python, pip or the network is missing
 */
export function peerPython(note: (text: string) => void): string {
  const folder = join(homeFolder(), 'bench', 'pytorch');
  const python = isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const stamp = join(folder, 'installed');
  if (existsSync(stamp)) return python;
  note(`Installing PyTorch into ${folder} (once; several GB, some minutes) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  must(
    basePython,
    ['-m', 'venv', folder],
    'Python 3 with its module venv is needed (Debian: apt install python3-venv).',
  );
  const packages = ['install', '--quiet', '--disable-pip-version-check', 'torch', 'numpy'];
  must(
    python,
    ['-m', 'pip', ...packages],
    'pip could not install torch and numpy: is there a network, and room on the disk?',
  );
  must(python, ['-c', 'import torch'], 'PyTorch was installed but cannot be imported.');
  writeFileSync(stamp, '');
  return python;
}

function must(command: string, parameters: readonly string[], hint: string): void {
  const result = spawnSync(command, parameters, { encoding: 'utf8' });
  if (result.status === 0) return;
  throw new EquipoiseError('EQUIPOISE_BENCH_PEERS_UNAVAILABLE', `PyTorch is not available. ${hint}\n${why(result)}`, {
    details: { command, parameters },
  });
}

/** The end of what a failed program said. */
function why({ error, stderr, stdout }: SpawnSyncReturns<string>): string {
  return error ? error.message : `${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n');
}
