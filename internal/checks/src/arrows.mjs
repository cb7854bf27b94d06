/** Who may import whom: `cli -> core -> kit -> spec`; features -> kit, autodiff, ascent, metrics, training, spec; features never each other, nothing core but cli. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { conclude, files, packages, shown } from './workspace.mjs';

const features = ['backends', 'datasets', 'models', 'losses', 'attacks', 'trainers', 'analysis', 'synthesis'];
const allowedFor = {
  '@equipoise/spec': [],
  '@equipoise/autodiff': ['spec'],
  '@equipoise/kit': ['spec'],
  '@equipoise/ascent': ['spec', 'kit', 'autodiff'],
  '@equipoise/metrics': ['spec', 'kit', 'autodiff'],
  '@equipoise/training': ['spec', 'kit', 'autodiff'],
  '@equipoise/core': ['spec', 'kit'],
  '@equipoise/conformance': ['spec', 'kit', 'autodiff'],
};

function mayImport(from, to) {
  const name = to.replace('@equipoise/', '');
  if (from.name in allowedFor) return allowedFor[from.name].includes(name);
  if (features.includes(from.kind)) return ['spec', 'kit', 'autodiff', 'ascent', 'metrics', 'training'].includes(name);
  return from.name === '@equipoise/cli';
}

const problems = packages().flatMap((from) =>
  files(`${from.folder}/src`, (path) => /\.ts$/.test(path) && !/\.test(-d)?\.ts$/.test(path)).flatMap((path) =>
    ts
      .preProcessFile(readFileSync(path, 'utf8'), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .flatMap((specifier) => {
        if (specifier.startsWith('@equipoise/')) {
          const to = specifier.split('/').slice(0, 2).join('/');
          return to === from.name || mayImport(from, to) ? [] : [`${shown(path)}: ${from.name} must not import ${to}`];
        }
        const deep = /^@tensorflow\/[^/]+\/dist\//.test(specifier);
        return deep ? [`${shown(path)}: deep import ${specifier}`] : [];
      }),
  ),
);
conclude('arrows', problems);
