import { defineConfig } from '@playwright/test'

/** Journeys in a real browser, each with JavaScript on and off, against the built server on a database of its own. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.e2e.ts',
  globalSetup: './test/e2e/server.ts',
  workers: 2,
  fullyParallel: false,
  timeout: 60_000,
  forbidOnly: !!process.env.CI,
  use: {
    launchOptions: {
      executablePath: process.env.APIGATE_CHROMIUM || undefined,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'js', use: { javaScriptEnabled: true } },
    // What is marked @js asks a script, as axe is one: without scripts the HTML is the same.
    { name: 'no-js', use: { javaScriptEnabled: false }, grepInvert: /@js/ },
  ],
})
