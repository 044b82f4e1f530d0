import { CommanderError, Command as Parser } from 'commander'
import type { Command, CommandOptions } from '../core/cli.ts'
import { parseConfig } from '../core/config.ts'
import { readEnv } from '../core/env.ts'
import { AppError } from '../core/errors.ts'
import { readVersion } from '../core/package-root.ts'
import { commands } from '../features/index.ts'
import { serveUntilSignal } from '../main.ts'
import { connect } from './connect.ts'
import { createOutput, type Output } from './output.ts'
import { localCommands, serverCommands } from './server-commands.ts'
import { createTransfer } from './transfer.ts'

/** Exit codes: 0 done, 1 failed, 2 not understood. */
const failed = 1
const usage = 2

const program = new Parser('apigate')
program
  .description('An API gateway with the whole business behind it.')
  .version(readVersion(), '--version')
  .option('--json', 'print JSON')
  .exitOverride()
  .showHelpAfterError('(add --help for what can be said)')
  .configureOutput({ writeErr: (text) => process.stderr.write(text) })

program
  .command('serve')
  .description('run the server until a signal ends it')
  .action(serveUntilSignal)
for (const command of localCommands)
  addCommand(command, (io, args, options) => command.run({ ...io, env: readEnv() }, args, options))
for (const command of [...serverCommands, ...commands]) {
  addCommand(command, async (io, args, options) => {
    const env = readEnv()
    const connection = await connect(parseConfig(env), env)
    try {
      const { request } = connection
      await command.run({ ...io, request, ...createTransfer(connection) }, args, options)
    } finally {
      await connection.close()
    }
  })
}

/** A group of commands is described by what it holds. */
function listVerbs(group: Parser): string {
  return group.commands.map((verb) => verb.name()).join(', ')
}

type Run = (io: Output, args: Record<string, string>, options: CommandOptions) => Promise<void>

function addCommand(command: Omit<Command, 'run'>, run: Run): void {
  const words = command.name.split(' ')
  const verb = words.pop()!
  let parent = program
  for (const word of words) {
    const known = parent.commands.find((candidate) => candidate.name() === word)
    parent = known ?? parent.command(word).exitOverride()
  }
  const parser = parent.command(verb).description(command.summary).exitOverride()
  if (parent !== program) parent.description(listVerbs(parent))
  for (const { name, required = true } of command.arguments ?? [])
    parser.argument(required ? `<${name}>` : `[${name}]`)
  for (const { flag, summary, required, multiple } of command.options ?? []) {
    const add = required ? parser.requiredOption.bind(parser) : parser.option.bind(parser)
    if (multiple) add(flag, summary, (value: string, all: string[] = []) => [...all, value])
    else add(flag, summary)
  }
  parser.option('--json', 'print JSON')
  parser.action(async () => {
    const options = parser.optsWithGlobals()
    const args = Object.fromEntries(
      (command.arguments ?? []).map(({ name }, i) => [name, parser.args[i]!]),
    )
    await run(createOutput({ isJson: options.json === true }), args, options)
  })
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usage
  process.stderr.write(
    error instanceof AppError ? `${error.message}\n` : `${(error as Error).stack}\n`,
  )
  return error instanceof AppError && error.code === 'usage' ? usage : failed
}
