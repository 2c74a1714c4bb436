// Unit and conformance tests, run by Vitest on Node.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.{ts,tsx}', 'test/conformance/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // Not the vault and the settings of whoever runs them.
    env: { ATELIER_DATA: join(tmpdir(), 'atelier-unit-data') },
    testTimeout: 20_000,
    passWithNoTests: false,
  },
});
