import type { Command } from '../../core/cli.ts'
import { AppError } from '../../core/errors.ts'
import type { AuditCheck } from './verify-audit.ts'

const explanations: Record<NonNullable<AuditCheck['broken']>['reason'], string> = {
  altered: 'Row {seq} ({id}) is not as it was written, or a row before it is not.',
  missing: 'Row {seq} is missing.',
  unchained: 'Row {id} stands outside the chain: it was added without the database’s triggers.',
  blanked: 'More was taken out of rows than deleted users account for.',
  head_missing: 'The head that you gave is not in the log: rows at its end are missing.',
}

export const auditCommands: Command[] = [
  {
    name: 'audit verify',
    summary: 'check that no row of the audit log was changed or removed',
    options: [
      {
        flag: '--head <hash>',
        summary: 'a head that you noted before, which must still be in the log',
      },
    ],
    run: async (io, _args, { head }) => {
      const query = typeof head === 'string' ? `?head=${encodeURIComponent(head)}` : ''
      const check = (await io.request('GET', `/admin/audit/verify${query}`)) as AuditCheck
      io.record({
        rows: check.rows,
        head: check.head?.hash ?? null,
        time: check.head?.time ?? null,
        broken: check.broken?.reason ?? null,
      })
      if (check.broken) throw new AppError('conflict', 'audit_broken', explain(check.broken))
      io.say('The chain is whole. Note the head elsewhere: it proves this state of the log later.')
    },
  },
]

function explain({ reason, seq, id }: NonNullable<AuditCheck['broken']>): string {
  return explanations[reason].replace('{seq}', String(seq)).replace('{id}', String(id))
}
