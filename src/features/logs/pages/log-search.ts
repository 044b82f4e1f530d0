import { readSearch } from '../../../core/http/read-search.ts'
import { LogFilter } from '../log-input.ts'

const fields = ['from', 'until', 'key_id', 'status', 'method', 'path', 'q'] as const

/** The filter behind the log page's address. */
export const readLogSearch = (search: URLSearchParams) =>
  readSearch(search, LogFilter.shape, fields)
