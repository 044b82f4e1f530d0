import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as build from 'virtual:react-router/server-build'
import { compose, type Running } from './compose.ts'
import { type Config, parseConfig } from './core/config.ts'
import { readEnv } from './core/env.ts'
import { AppError } from './core/errors.ts'
import { packageRoot, readVersion } from './core/package-root.ts'
import { issueSetupLink } from './features/sessions/first-admin.ts'
import { serveBuiltAssets } from './http/assets.ts'
import { createPageHandler } from './http/pages.ts'

/** Starts the server on what was built. */
export function serve(config: Config): Promise<Running> {
  return compose(config, {
    pages: createPageHandler(build, 'production'),
    assets: serveBuiltAssets(join(packageRoot(), 'build', 'client')),
    version: readVersion(),
    threadEntry: pathToFileURL(join(packageRoot(), 'build', 'server', 'thread.js')),
  })
}

/**
 * Runs a program until a signal ends it, in order. What an operator can mend is told in one line;
 * anything else with its trace.
 */
export async function runUntilSignal(
  start: () => Promise<{ close: () => Promise<void> }>,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  try {
    const running = await start()
    await ended
    await running.close()
    process.exit(0)
  } catch (error) {
    console.error(error instanceof AppError ? error.message : error)
    process.exit(1)
  }
}

/** `apigate serve`. While nobody administers the server, it prints where to begin. */
export function serveUntilSignal(): Promise<void> {
  return runUntilSignal(async () => {
    const running = await serve(parseConfig(readEnv(), { terminal: process.stdout.isTTY }))
    const { log, config } = running.app
    log.info(`Ready on port ${running.port}, at ${config.publicUrl}`)
    const link = await issueSetupLink(running.app)
    if (link) log.warn(`There is no administrator yet. Make the first one at ${link}`)
    return running
  })
}
