import { expect, test } from 'vitest';
import { packages } from '../src/workspace.mjs';

for (const { name } of packages()) {
  test(`what ${name} exports changes only on purpose`, { timeout: 60_000 }, async () => {
    const module = (await import(name)) as Record<string, unknown>;
    expect(Object.keys(module).sort()).toMatchSnapshot();
  });
}
