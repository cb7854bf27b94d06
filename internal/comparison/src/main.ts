/**
 * Attacks of ours and of foolbox, torchattacks and auto-attack on the same network and images.
 *
 *   node --conditions=@equipoise/source --import tsx internal/comparison/src/main.ts --python PYTHON [--auto-attack CHECKOUT]
 *
 * The Python needs `torch foolbox torchattacks safetensors scipy`; CHECKOUT is a copy of the repository fra31/auto-attack.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, createRegistry, type Registry } from '@equipoise/core';
import type { AnyComponent } from '@equipoise/spec';
import { node } from '@equipoise/backend-node';
import { wasm } from '@equipoise/backend-wasm';
import { Command } from 'commander';
import { plugins } from './attacks.js';
import { measureOurs } from './ours.js';
import { keptModel, testImages, trainModel, writeForPeers } from './prepare.js';
import type { Result, Row } from './rows.js';
import { tableOf } from './table.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const options = new Command()
  .requiredOption('--folder <folder>', 'where weights, images and results go')
  .option('--python <python>', 'a Python with the libraries; absent: results that are there already')
  .option('--auto-attack <checkout>', 'a copy of fra31/auto-attack')
  .option('--only <family...>', 'some families of attacks')
  .option('--images <count>', 'images of the test set', Number, 200)
  .option('--backend <name>', 'node or wasm', 'wasm')
  .option('--keep', 'takes the network and our results of an earlier call')
  .option('--page <file>', 'writes the table into a page')
  .parse()
  .opts<{
    folder: string;
    python?: string;
    autoAttack?: string;
    only?: string[];
    images: number;
    backend: string;
    page?: string;
    keep?: boolean;
  }>();

await (options.backend === 'node' ? node() : wasm()).doActivate();
mkdirSync(options.folder, { recursive: true });
const all = JSON.parse(readFileSync(here('../rows.json'), 'utf8')) as Row[];
const rows = all.filter(({ family }) => options.only === undefined || options.only.includes(family));
const model = await (options.keep ? keptModel(options.folder) : trainModel());
const images = await testImages(options.images);
await writeForPeers(options.folder, model, images);
const registry = plugins.reduce<Registry<AnyComponent>>((known, plugin) => known.use(plugin), createRegistry());
const oursFile = join(options.folder, 'ours.json');
const kept = options.keep && existsSync(oursFile) ? (JSON.parse(readFileSync(oursFile, 'utf8')) as Result[]) : [];
const results: Result[] = [];
for (const row of rows) {
  const known = kept.find(({ family, norm }) => family === row.family && norm === row.norm);
  const attack = await registry.createUnknown('attack', row.ours.use, row.ours.options, createContext());
  const result = known ?? (await measureOurs(row, attack, model, images));
  console.log(JSON.stringify(result));
  results.push(result);
  writeFileSync(oursFile, JSON.stringify(results));
}
const peersFile = join(options.folder, 'peers.json');
if (options.python !== undefined) {
  const only = options.only === undefined ? [] : ['--only', ...options.only];
  const checkout = options.autoAttack === undefined ? [] : ['--auto-attack', options.autoAttack];
  const call = [here('../peers/attacks.py'), options.folder, here('../rows.json'), peersFile, ...checkout, ...only];
  const { status } = spawnSync(options.python, call, { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
results.push(...(JSON.parse(readFileSync(peersFile, 'utf8')) as Result[]));
const table = tableOf(rows, results);
console.log(table);
if (options.page !== undefined) {
  const template = readFileSync(here('../page.template.md'), 'utf8');
  writeFileSync(
    options.page,
    template
      .replace('{{table}}', table)
      .replace('{{images}}', String(options.images))
      .replace('{{backend}}', options.backend),
  );
}
