import { defineConfig } from 'vitest/config'

// Every suite that opens the embedded engine gets a process of its own: the engine binds one directory per process.
export default defineConfig({
  test: {
    include: ['bench/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A machine with other work on it takes four times as long; what hangs is found all the same.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
