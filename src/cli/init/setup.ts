import type { CommandOptions } from '../../core/cli.ts'
import type { Env } from '../../core/env.ts'
import { AppError } from '../../core/errors.ts'
import type { Connection } from '../connect.ts'
import type { Ask, Question } from '../prompt.ts'

/** What the steps of `init` work with. */
export type Setup = {
  env: Env
  options: CommandOptions
  request: Connection['request']
  /** Absent without a terminal: then only what the flags say is done. */
  ask?: Ask
  /** Tells what was wrong with an answer. */
  complain: (text: string) => void
  /** Keeps a variable for the next start. */
  keep: (name: string, value: string) => Promise<void>
}

export type Outcome = { item: string; status: 'set' | 'kept' | 'left out'; value: string | null }

export const set = (item: string, value: string): Outcome => ({ item, status: 'set', value })
export const kept = (item: string, value: string): Outcome => ({ item, status: 'kept', value })
export const leftOut = (item: string): Outcome => ({ item, status: 'left out', value: null })

/** What an option says, when it was given. */
export function given({ options }: Setup, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** Asks until the answers are taken. Undefined when nobody can be asked, or the first one is empty. */
export async function askUntil<R>(
  { ask, complain }: Setup,
  questions: Question[],
  take: (answers: string[]) => Promise<R>,
): Promise<R | undefined> {
  while (ask) {
    const answers: string[] = []
    for (const question of questions) {
      answers.push(await ask(question))
      if (answers[0] === '') return undefined
    }
    try {
      return await take(answers)
    } catch (error) {
      if (!(error instanceof AppError) || !['invalid', 'conflict'].includes(error.kind)) throw error
      complain(error.message)
    }
  }
}
