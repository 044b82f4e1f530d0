import type { Command, CommandOptions } from '../core/cli.ts'
import type { Env } from '../core/env.ts'
import type { Output } from './output.ts'

/** A verb about the server of this machine: it works on the data directory and the database themselves. */
export type LocalCommand = Omit<Command, 'run'> & {
  run: (io: LocalIo, args: Record<string, string>, options: CommandOptions) => Promise<void>
}

export type LocalIo = Output & { env: Env }
