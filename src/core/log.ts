import pino from 'pino'
import pretty from 'pino-pretty'
import type { Config } from './config.ts'

export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

/** Keys and secrets never belong in a log line; these paths are blanked where an object is logged whole. */
const secretPaths = ['*.password', '*.token', '*.key', '*.secret', '*.authorization', '*.cookie']

/**
 * An error as the log has it. A failed query's message ends in its parameters, which are people's
 * data: it keeps the statement, and the database's own words for what went wrong.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack } = pino.stdSerializers.err(error)
  const isQuery = 'query' in error && 'params' in error
  const hideParameters = (text: string) =>
    isQuery ? text.replace(/\nparams:.*?(?=\n {4}at |$)/s, '') : text
  const { code, constraint, detail: _, cause } = error as Error & Record<string, unknown>
  return {
    ...{ type, message: hideParameters(message), stack: hideParameters(stack) },
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  }
}

/** Writes to the standard output, or where results stand there, to the error output (`destination` 2). */
export function createLog(config: Pick<Config, 'log'>, destination: 1 | 2 = 1): Log {
  const options: pino.LoggerOptions = {
    level: config.log.level,
    redact: secretPaths,
    base: undefined,
    serializers: { err: describeError },
  }
  if (config.log.format === 'json')
    return destination === 1 ? pino(options) : pino(options, pino.destination(destination))
  return pino(
    options,
    pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true, destination }),
  )
}
