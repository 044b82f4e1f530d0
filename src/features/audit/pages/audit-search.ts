import { readSearch } from '../../../core/http/read-search.ts'
import { AuditFilter, OwnAuditFilter } from '../audit-input.ts'

const own = ['q', 'action', 'from', 'until'] as const
const all = [...own, 'actor', 'target', 'organization', 'request_id'] as const

export type AuditForm = Record<(typeof own)[number], string> &
  Partial<Record<(typeof all)[number], string>>

/** The filter behind the admin page's address. */
export const readAuditSearch = (search: URLSearchParams) =>
  readSearch(search, AuditFilter.shape, all)

/** The filter behind the address of a customer's page. */
export const readOwnAuditSearch = (search: URLSearchParams) =>
  readSearch(search, OwnAuditFilter.shape, own)
