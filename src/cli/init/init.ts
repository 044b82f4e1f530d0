import { usageError } from '../../core/cli.ts'
import { parseConfig } from '../../core/config.ts'
import { envFileOf, readEnvFile } from '../../core/env.ts'
import { AppError } from '../../core/errors.ts'
import { connect } from '../connect.ts'
import type { LocalCommand } from '../local-command.ts'
import { ask, isTerminal } from '../prompt.ts'
import { setUpAdmin, setUpCompany, setUpPlan, setUpRoute, setUpUpstream } from './business.ts'
import { setVariable } from './env-file.ts'
import type { Outcome, Setup } from './setup.ts'
import { setUpAddress, setUpMail } from './variables.ts'

/** The plan comes before the administrator, whose own organization begins with it. */
const steps = [
  setUpAddress,
  setUpCompany,
  setUpUpstream,
  setUpRoute,
  setUpPlan,
  setUpMail,
  setUpAdmin,
]

export const initCommand: LocalCommand = {
  name: 'init',
  summary: 'set up a server: asks for what is missing, or takes it from these flags',
  options: [
    { flag: '--public-url <url>', summary: 'the address that customers will see' },
    { flag: '--company <name>', summary: 'name of your company or product' },
    { flag: '--upstream <url>', summary: 'address of your API' },
    { flag: '--route <path>', summary: 'paths that lead to it, such as /v1/*' },
    { flag: '--plan <name>', summary: 'the plan that customers begin with' },
    { flag: '--rate-limit <number>', summary: 'its requests a minute, or unlimited (100)' },
    { flag: '--requests <number>', summary: 'its requests a month, or unlimited (10000)' },
    { flag: '--smtp-url <url>', summary: 'the mail server, or "" for none' },
    { flag: '--email <email>', summary: 'the administrator’s address' },
    { flag: '--password <password>', summary: 'the administrator’s password' },
  ],
  run: async (io, _args, options) => {
    const isAsking = isTerminal()
    if (isAsking) io.say('Enter takes what stands in brackets. What is there already is kept.\n')
    const complain = (text: string) => void process.stderr.write(`${text}\n`)
    const done = await initialize({
      env: io.env,
      options,
      ask: isAsking ? ask : undefined,
      complain,
    })
    if (isAsking) io.say('')
    io.table(done.outcomes, [
      ['item', 'What'],
      ['status', 'Done'],
      ['value', 'Value'],
    ])
    if (done.next.length > 0) io.say(`\n${done.next.join('\n')}`)
  },
}

/** Does what is missing and can be answered; a second time there is nothing left to ask. */
export async function initialize(
  given: Omit<Setup, 'request' | 'keep'>,
): Promise<{ outcomes: Outcome[]; next: string[] }> {
  const { env } = given
  if (env.APIGATE_URL) {
    throw usageError(
      'apigate init sets up the server of this machine’s data directory. Unset APIGATE_URL, or run it there.',
    )
  }
  const config = parseConfig(env)
  const file = envFileOf(config.dataDir)
  const inFile = readEnvFile(file)
  const { request, isServing, close } = await connect(config, env)
  try {
    const keep = async (name: string, value: string) => {
      if (env[name] !== undefined && env[name] !== inFile[name]) {
        const message = `${name} stands in the environment, which wins over ${file}. Change it there.`
        throw new AppError('forbidden', 'set_in_environment', message)
      }
      await setVariable(file, name, value)
    }
    const outcomes: Outcome[] = []
    for (const step of steps) outcomes.push(await step({ ...given, request, keep }))
    return { outcomes, next: nextSteps(outcomes, isServing) }
  } finally {
    await close()
  }
}

function nextSteps(outcomes: Outcome[], isServing: boolean): string[] {
  const statusOf = (item: string) => outcomes.find((outcome) => outcome.item === item)?.status
  const isRestartNeeded =
    isServing && (statusOf('public address') === 'set' || statusOf('mail server') === 'set')
  const next: string[] = []
  if (!isServing) next.push('Now start the server: apigate serve')
  if (isRestartNeeded)
    next.push('Restart the server: it reads address and mail server at its start.')
  if (statusOf('administrator') === 'left out')
    next.push('There is no administrator yet: the server prints a link to make one when it starts.')
  return next
}
