import { isAbsolute, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { homeFolder } from './home-folder.js';

test('EQUIPOISE_HOME is the home folder; else one in the cache folder of the platform is', () => {
  expect(homeFolder({ EQUIPOISE_HOME: 'data/here' })).toBe(resolve('data/here'));
  expect(homeFolder({ EQUIPOISE_HOME: '' })).toBe(homeFolder({}));
  expect(isAbsolute(homeFolder({}))).toBe(true);
  expect(homeFolder({})).toMatch(/equipoise/);
});
