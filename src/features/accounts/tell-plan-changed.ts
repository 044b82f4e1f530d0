import type { App } from '../../core/app.ts'
import { tell } from '../notices/notices.ts'
import { getPlan } from '../plans/plans.ts'

type Change = { organizationId: string; from: string | null; to: string }

/** Tells an organization that it is on another plan. */
export async function tellPlanChanged(
  tx: App,
  { organizationId, from, to }: Change,
): Promise<void> {
  const former = from === null ? null : await getPlan(tx, from)
  const plan = await getPlan(tx, to)
  const data = {
    from: former && { id: former.id, name: former.name },
    to: { id: plan.id, name: plan.name },
  }
  await tell(tx, { type: 'plan.changed', organizationId, data })
}
