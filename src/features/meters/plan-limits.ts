import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { invalidInput } from '../../core/errors.ts'
import { getPlan, listPlans, lockPlans, updatePlan } from '../plans/plans.ts'
import { listMeters } from './meters.ts'

/** Sets what each of these plans (by id) allows of a meter in a period; null takes the limit away. */
export async function setMeterLimits(
  app: App,
  actor: Actor,
  key: string,
  limits: Record<string, number | null>,
): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    await lockPlans(tx)
    for (const [planId, limit] of Object.entries(limits)) {
      if (limit !== null && !(limit >= 0 && Number.isFinite(limit)))
        throw invalidInput(planId, 'Use a number that is not below 0.')
      const plan = await getPlan(tx, planId)
      const { [key]: before = null, ...others } = plan.limits
      if (before === limit) continue
      await updatePlan(tx, actor, planId, {
        limits: limit === null ? others : { ...others, [key]: limit },
      })
    }
  })
}

/** Limits in plans that no meter has the name of: a slip of the pen, or what is left of a deleted meter. */
export async function listStrayLimits(
  app: App,
  actor: Actor,
): Promise<{ plan: string; meter: string }[]> {
  const known = new Set((await listMeters(app, actor)).map(({ key }) => key))
  return (await listPlans(app)).flatMap(({ name, limits }) =>
    Object.keys(limits)
      .filter((meter) => !known.has(meter))
      .map((meter) => ({ plan: name, meter })),
  )
}
