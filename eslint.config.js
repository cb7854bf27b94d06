import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'docs/api/**', 'runs/**', '**/template/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Draw from a seeded Rng.' }],
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.test.ts', '**/*.test-d.ts'], rules: { 'max-lines-per-function': 'off' } },
);
