import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { describeEnvironment } from './environment.js';
import { homeFolder } from './home-folder.js';

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

test('EQUIPOISE_HOME is the home folder; else one in the cache folder of the platform is', () => {
  expect(homeFolder({ EQUIPOISE_HOME: 'data/here' })).toBe(resolve('data/here'));
  expect(homeFolder({ EQUIPOISE_HOME: '' })).toBe(homeFolder({}));
  expect(isAbsolute(homeFolder({}))).toBe(true);
  expect(homeFolder({})).toMatch(/equipoise/);
});
