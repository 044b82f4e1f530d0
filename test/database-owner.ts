import { join } from 'node:path'
import { openDataDir } from '../src/core/data-dir.ts'
import { startEmbeddedPostgres } from '../src/core/db/embedded.ts'

/**
 * A program that owns a data directory and its database as the server does, until its input ends:
 * for tests that kill it, or run it as somebody else.
 */
const directory = process.argv[2]!

try {
  const { release } = await openDataDir(directory, null)
  const lines: string[] = []
  const server = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    // What a killed process has written stays; only a power failure asks for more.
    durable: false,
    log: (line) => lines.push(line),
  })
  console.log(JSON.stringify({ url: server.url, pid: server.pid, lines }))
  process.stdin.resume().once('end', async () => {
    await server.stop()
    await release()
  })
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
