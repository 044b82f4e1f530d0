import { defineConfig } from 'vitest/config'

const tests = ['src/**/*.test.{ts,tsx}', 'test/*.test.ts']
const shared = {
  include: tests,
  environment: 'node',
  testTimeout: 30_000,
  hookTimeout: 60_000,
  globalSetup: ['./test/postgres.ts'],
  // Modules are loaded once a worker and not once a file. They hold no state of their own.
  isolate: false,
}

/** What asks no database, has one of its own, or is the same on any. */
const alone = [
  'src/{demo,gateway,ui}/**',
  'src/core/{csv,data-dir,key-format,private-folder}.test.ts',
  'src/core/http/**',
  'src/core/db/embedded*.test.ts',
  'test/{architecture,cli,dev,dockerfile,kill,metadata,operate}.test.ts',
]

/** Every test runs on the embedded PostgreSQL and, where TEST_DATABASE_URL is set, those that ask a database on that server too. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'embedded' } },
      ...(process.env.TEST_DATABASE_URL
        ? [{ test: { ...shared, name: 'external', exclude: alone } }]
        : []),
    ],
  },
})
