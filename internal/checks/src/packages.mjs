/** `publint --strict` and `attw --pack --profile esm-only` on every package; both need the packages built. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { conclude, packages, root } from './workspace.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const problems = packages().flatMap(({ folder, name }) =>
  [
    [bin('publint'), ['--strict', '.']],
    [bin('attw'), ['--pack', '.', '--profile', 'esm-only', '--format', 'ascii']],
  ].flatMap(([command, parameters]) => {
    const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' });
    return status === 0 ? [] : [`${name}: ${command.split('/').at(-1)} failed\n${stdout}${stderr}`];
  }),
);
conclude('packages', problems);
