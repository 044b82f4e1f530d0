import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** The environment as strings. The only place that reads `process.env`. */
export type Env = Record<string, string | undefined>

export const defaultDataDir = './data'

/** What `apigate init` keeps in the data directory: the same variables, which those of the process override. */
export const envFileOf = (dataDir: string) => join(dataDir, 'apigate.env')

export function readEnv(): Env {
  const file = envFileOf(process.env.APIGATE_DATA_DIR || defaultDataDir)
  return { ...readEnvFile(file), ...process.env }
}

/** The variables that a file sets; none where there is no file. */
export function readEnvFile(file: string): Env {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
