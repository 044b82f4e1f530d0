import type { Command } from '../../core/cli.ts'
import { fieldsOf } from '../../core/cli-options.ts'
import { AppError } from '../../core/errors.ts'
import type { AuditJson } from './audit-json.ts'
import type { AuditCheck } from './verify-audit.ts'

const explanations: Record<NonNullable<AuditCheck['broken']>['reason'], string> = {
  altered: 'Row {seq} ({id}) is not as it was written, or a row before it is not.',
  missing: 'Row {seq} is missing.',
  unchained: 'Row {id} stands outside the chain: it was added without the database’s triggers.',
  blanked: 'More was taken out of rows than deleted users account for.',
  head_missing: 'The head that you gave is not in the log: rows at its end are missing.',
}

const columns: [string, string][] = [
  ['time', 'Time'],
  ['who', 'Who'],
  ['action', 'Action'],
  ['what', 'Target'],
  ['ip', 'Address'],
  ['request_id', 'Request'],
]

export const auditCommands: Command[] = [
  {
    name: 'audit list',
    summary: 'what was changed and by whom, newest first',
    options: [
      { flag: '--action <action>', summary: 'such as keys.issued, or keys for all of an area' },
      { flag: '--actor <actor>', summary: 'id or e-mail of who did it' },
      { flag: '--target <target>', summary: 'id of what it was done to' },
      { flag: '--organization <id>', summary: 'rows of one organization' },
      { flag: '--request-id <id>', summary: 'rows of one request' },
      { flag: '--from <time>', summary: 'a date, or a time such as 2026-11-24T09:00:00Z' },
      { flag: '--to <time>', summary: 'the first moment that does not count' },
      { flag: '--search <text>', summary: 'part of anything in a row' },
      { flag: '--limit <count>', summary: '1 to 100; 20 when left out' },
    ],
    run: async (io, _args, options) => {
      const query = fieldsOf(options, {
        action: ['action'],
        actor: ['actor'],
        target: ['target'],
        organization: ['organization'],
        requestId: ['request_id'],
        from: ['from'],
        to: ['to'],
        search: ['q'],
        limit: ['limit'],
      })
      const path = `/admin/audit?${new URLSearchParams(query as Record<string, string>)}`
      const { data } = (await io.request('GET', path)) as { data: AuditJson[] }
      io.table(data.map(toRow), columns)
    },
  },
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

/** A row with what a table shows of it in a word beside what programs read. */
function toRow({ actor, target, ...entry }: AuditJson) {
  const who = actor.email ?? actor.id ?? actor.type
  return { ...entry, actor, target, who, what: `${target.type} ${target.id}` }
}

function explain({ reason, seq, id }: NonNullable<AuditCheck['broken']>): string {
  return explanations[reason].replace('{seq}', String(seq)).replace('{id}', String(id))
}
