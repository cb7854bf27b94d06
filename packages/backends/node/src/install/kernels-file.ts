/** The head of `kernels.cjs`: a loader of the modules that follow, which asks the host for all others. */
const head = `'use strict';
// Modules of @tensorflow/tfjs-node (Apache License 2.0), put together by @equipoise/backend-node.
const sources = {`;

const tail = `};
module.exports = (host) => {
  const loaded = {};
  const load = (name) => {
    if (name in loaded) return loaded[name].exports;
    const module = (loaded[name] = { exports: {} });
    const folder = name.includes('/') ? 'kernels/' : '';
    const require = (wanted) => {
      if (wanted in host) return host[wanted];
      const path = wanted.startsWith('../') ? wanted.slice(3) : folder + wanted.replace(/^\\.\\//, '');
      if (!(path in sources)) throw new Error('The kernels of TensorFlow.js ask for an unknown module: ' + wanted);
      return load(path);
    };
    sources[name](module.exports, require, module);
    return module.exports;
  };
  return {
    NodeJSKernelBackend: load('nodejs_kernel_backend').NodeJSKernelBackend,
    registerKernels: () => load('register_all_kernels'),
  };
};
`;

/** One CommonJS file with the modules of the binding, so that a process reads one file, not two hundred. */
export function kernelsFile(modules: ReadonlyMap<string, string>): string {
  const bodies = [...modules].map(
    ([name, text]) => `${JSON.stringify(name)}: function (exports, require, module) {\n${text}\n},`,
  );
  return [head, ...bodies, tail].join('\n');
}
