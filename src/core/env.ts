/** The environment as strings. The only place that reads `process.env`. */
export type Env = Record<string, string | undefined>

export function readEnv(): Env {
  return process.env
}
