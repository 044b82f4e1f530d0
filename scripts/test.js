import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from './find-chromium.js'
import { build, install, main, root, say, toolEnvironment } from './prepare.js'
import { makeScratch, removeScratch } from './scratch.js'

/**
 * `npm test [pattern]`: the checks of the code, the tests of the rules and APIs, and the journeys
 * in a browser. The last line is the sum of them all.
 */
const patterns = process.argv.slice(2)
const scratch = makeScratch()
const sum = { passed: 0, failed: 0, skipped: 0 }

// Ctrl-C reaches the tools by themselves, as part of the same group; what they leave is still removed.
let isInterrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isInterrupted = true
  })
}

await main(async () => {
  try {
    install()
    build()
    const chromium = findChromium()
    if (patterns.length === 0) await checkCode()
    await runVitest()
    await runPlaywright(chromium)
    if (sum.passed + sum.failed === 0) throw new Error('No test ran.')
  } finally {
    removeScratch(scratch)
  }
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`)
  process.exitCode = sum.failed > 0 ? 1 : 0
})

async function checkCode() {
  for (const [name, ...command] of [
    ['lint', 'biome', 'check', '.'],
    ['page types', 'react-router', 'typegen'],
    ['types', 'tsc', '--noEmit'],
    ['unused code', 'knip', '--no-progress'],
  ]) {
    const code = await runTool(command, { quiet: true })
    say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`)
    sum[code === 0 ? 'passed' : 'failed'] += 1
  }
}

async function runVitest() {
  const report = join(scratch, 'vitest.json')
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
  const code = await runTool(['vitest', 'run', ...reporters, '--passWithNoTests', ...patterns])
  const result = readReport(report)
  sum.passed += result?.numPassedTests ?? 0
  sum.failed += result?.numFailedTests ?? 0
  sum.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0)
  // A suite that broke before its first test, or an error outside all tests.
  if (code !== 0 && !result?.numFailedTests) sum.failed += 1
}

async function runPlaywright(chromium) {
  const report = join(scratch, 'playwright.json')
  const environment = {
    APIGATE_CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    PW_TEST_HTML_REPORT_OPEN: 'never',
  }
  const command = ['playwright', 'test', '--reporter=dot,json', '--pass-with-no-tests', ...patterns]
  const code = await runTool(command, { environment })
  const stats = readReport(report)?.stats
  sum.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0)
  sum.failed += stats?.unexpected ?? 0
  sum.skipped += stats?.skipped ?? 0
  if (code !== 0 && !stats?.unexpected) sum.failed += 1
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Runs an installed tool under the pinned runtime. Quiet: shows what it said only when it fails. */
function runTool([tool, ...args], { quiet = false, environment = {} } = {}) {
  if (isInterrupted) throw new Error('Interrupted.')
  const path = join(root, 'node_modules', '.bin', tool)
  const env = toolEnvironment({
    NODE_NO_WARNINGS: '1',
    // The server and the command line are started dozens of times.
    NODE_COMPILE_CACHE: join(scratch, 'compiled'),
    TMPDIR: scratch,
    ...environment,
  })
  const child = spawn(path, args, {
    cwd: root,
    env,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  })
  let said = ''
  child.stdout?.on('data', (data) => (said += data))
  child.stderr?.on('data', (data) => (said += data))
  return new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code) => {
      if (quiet && code !== 0) process.stdout.write(said)
      resolve(code ?? 1)
    })
  })
}
