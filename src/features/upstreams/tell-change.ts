import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import type { AuditAction } from '../audit/actions.ts'
import { recordAudit } from '../audit/audit.ts'

/** Records a change of a route or an upstream, and has the gateways take it over. */
export async function tellChange(
  tx: App,
  actor: Actor,
  action: AuditAction,
  target: { type: 'route' | 'upstream'; id: string },
  changes: Record<string, unknown>,
): Promise<void> {
  await recordAudit(tx, actor, { action, target, changes })
  await tx.signals.send({ topic: 'routing' })
}
