import type { Config } from '../config.ts'
import { startEmbeddedPostgres } from './embedded.ts'

export type OpenDatabase = {
  url: string
  close: () => Promise<void>
}

/** The operator's own database, or the embedded one, which runs until `close`. The caller holds the data directory. */
export async function openDatabase(
  { database }: Pick<Config, 'database'>,
  log: (line: string) => void,
): Promise<OpenDatabase> {
  if (database.kind === 'external') return { url: database.url, close: async () => {} }
  const { url, stop } = await startEmbeddedPostgres({ directory: database.directory, log })
  return { url, close: stop }
}
