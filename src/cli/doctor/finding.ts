import { reasonOf } from '../../core/reason.ts'

export type Status = 'ok' | 'warning' | 'failed' | 'skipped'

/** What a check found, in sentences that end with what to do. */
export type Finding = { check: string; status: Status; detail: string }

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail })

export const warning = (check: string, detail: string): Finding => ({
  ...{ check, status: 'warning', detail },
})

export const failed = (check: string, detail: string): Finding => ({
  ...{ check, status: 'failed', detail },
})

/** Runs a check; one that breaks has failed with its reason. */
export async function attempt(
  check: string,
  run: () => Finding[] | Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await run()
  } catch (error) {
    return [failed(check, reasonOf(error))]
  }
}
