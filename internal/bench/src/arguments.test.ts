import { afterEach, expect, test, vi } from 'vitest';
import { parseArguments } from './arguments.js';
import { workloads } from './workloads/index.js';

afterEach(() => vi.restoreAllMocks());

test('without words everything is measured once, on wasm', () => {
  expect(parseArguments([])).toEqual({
    workloads: [...workloads.keys()],
    backends: ['wasm'],
    rounds: 1,
    limitSeconds: 0,
    peers: false,
    json: false,
    writePage: false,
  });
});

test('workloads and backends are named; with peers there are three rounds and a limit', () => {
  expect(
    parseArguments(['matmul', 'conv', '--peers', '--json', '--backend', 'cpu', '--backend', 'wasm', '--limit', '2']),
  ).toEqual({
    workloads: ['matmul', 'conv'],
    backends: ['cpu', 'wasm'],
    rounds: 3,
    limitSeconds: 120,
    peers: true,
    json: true,
    writePage: false,
  });
  expect(parseArguments(['--values', '7', '--rounds', '5'])).toMatchObject({ values: 7, rounds: 5, limitSeconds: 600 });
});

test('a backend before the workload does not swallow it', () => {
  expect(parseArguments(['--backend', 'cpu', 'matmul'])).toMatchObject({ workloads: ['matmul'], backends: ['cpu'] });
});

test('the page is made of all workloads, with peers', () => {
  expect(parseArguments(['--write-page'])).toMatchObject({
    writePage: true,
    peers: true,
    workloads: [...workloads.keys()],
  });
  expect(() => parseArguments(['--write-page', 'matmul'])).toThrow(/leave their names out/);
});

test.each([
  [['matmull'], /matmul, conv, cnn-train/],
  [['--backend', 'gpu'], /wasm, node and cpu/],
  [['--values', '0'], /whole number/],
  [['--rounds', '1.5'], /whole number/],
  [['--limit', 'soon'], /above 0/],
  [['--fast'], /unknown option/],
])('%j is refused with what is available', (words, message) => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => parseArguments(words)).toThrow();
  expect(told.mock.calls.join('')).toMatch(message);
});
