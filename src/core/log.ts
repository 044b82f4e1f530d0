import pino from 'pino'
import pretty from 'pino-pretty'
import type { Config } from './config.ts'

export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

/** Keys and secrets never belong in a log line; these paths are blanked where an object is logged whole. */
const secretPaths = ['*.password', '*.token', '*.key', '*.secret', '*.authorization', '*.cookie']

export function createLog(config: Pick<Config, 'log'>): Log {
  const options: pino.LoggerOptions = {
    level: config.log.level,
    redact: secretPaths,
    base: undefined,
  }
  if (config.log.format === 'json') return pino(options)
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }))
}
