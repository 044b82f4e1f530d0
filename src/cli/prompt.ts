import confirmation from '@inquirer/confirm'
import input from '@inquirer/input'
import password from '@inquirer/password'
import { AppError } from '../core/errors.ts'

export type Question = {
  text: string
  /** What an empty answer means. */
  fallback?: string
  isSecret?: boolean
}
export type Ask = (question: Question) => Promise<string>

const context = { output: process.stderr }

export const isTerminal = () => process.stdin.isTTY === true

/** Asks on the terminal. */
export async function ask({ text, fallback, isSecret }: Question): Promise<string> {
  const message = `${text}:`
  const asked = isSecret
    ? password({ message, mask: true }, context)
    : input({ message, default: fallback }, context)
  return (await asked.catch(refuse)).trim()
}

/** Asks for a yes or no on the terminal. */
export function askToConfirm(question: string): Promise<boolean> {
  return confirmation({ message: question, default: false }, context).catch(refuse)
}

/** Ctrl-C at a question. */
function refuse(error: Error): never {
  if (error.name !== 'ExitPromptError') throw error
  throw new AppError('invalid', 'aborted', 'Ended. What was done before stays.')
}
