import { homedir, hostname, userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { describeEnvironment } from './environment.js';

test('the environment names versions, and leaves out what is not installed', () => {
  const environment = describeEnvironment({ backend: 'wasm', packages: ['@equipoise/spec', 'no-such-package-here'] });
  expect(environment).toMatchObject({ node: process.version, backend: 'wasm', architecture: process.arch });
  expect(environment.packages).toEqual({ '@equipoise/spec': expect.stringMatching(/^\d+\.\d+\.\d+/) });
});

test('the environment names no user, host or folder', () => {
  const text = JSON.stringify(describeEnvironment({ packages: ['@equipoise/spec'] })).toLowerCase();
  const names = [userInfo().username, hostname()].map((name) => `"${name.toLowerCase()}"`);
  for (const name of [...names, homedir().toLowerCase() + '/']) expect(text).not.toContain(name);
});
