import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'

export type Column<Row> = {
  title: string
  cell: (row: Row) => ReactNode
  /** Figures stand at the right, in digits of one width. */
  isNumber?: boolean
  /** The column that names the row. */
  isHead?: boolean
  /** What can be done with the row says itself what it is; its title is read out only. */
  isAction?: boolean
  /** The name by which the rows can be put in its order, and whether that begins at its end. */
  sort?: { by: string; isDownFirst?: boolean }
}

type TableProps<Row> = {
  caption: string
  columns: Column<Row>[]
  rows: Row[]
  keyOf: (row: Row) => string
  /** The order that the rows are in: a column's `by`, with a hyphen before it when downwards. */
  sort?: string
}

/** A table; on small screens each row is a card. */
export function Table<Row>({ caption, columns, rows, keyOf, sort }: TableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={caption} tabIndex={0} className="overflow-x-auto rounded-xl">
      <table className="w-full text-[13px] leading-[18px]">
        <caption className="sr-only">{caption}</caption>
        <thead className="max-sm:sr-only">
          <tr className="border-n6 border-b text-n11">
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                aria-sort={column.sort && orderOf(column.sort.by, sort)}
                className={`px-3 py-2 font-medium first:pl-5 last:pr-5 ${column.isNumber ? 'text-right' : 'text-left'}`}
              >
                <Head {...column} order={column.sort && orderOf(column.sort.by, sort)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              className="border-n4 border-b last:border-0 hover:bg-n2 max-sm:relative max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:gap-y-1 max-sm:px-5 max-sm:py-3"
            >
              {columns.map(({ title, cell, isNumber, isHead, isAction }) => {
                const Cell = isHead ? 'th' : 'td'
                return (
                  <Cell
                    key={title}
                    scope={isHead ? 'row' : undefined}
                    className={`py-2.5 text-left font-normal max-sm:flex max-sm:gap-1.5 max-sm:py-0 sm:px-3 sm:first:pl-5 sm:last:pr-5 ${isNumber ? 'whitespace-nowrap tabular-nums sm:text-right' : ''} ${isHead ? 'font-medium' : ''} ${isHead || isAction ? 'max-sm:w-full' : ''}`}
                  >
                    {!isHead && !isAction && <span className="text-n11 sm:hidden">{title}</span>}
                    <span className="min-w-0 break-words">{cell(row)}</span>
                  </Cell>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const orderOf = (by: string, sort: string | undefined) =>
  sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : 'none'

type HeadProps = Pick<Column<never>, 'title' | 'isAction' | 'sort'> & {
  order?: ReturnType<typeof orderOf>
}

/** A column's title; where the rows can be put in its order, a link that does it and then turns it around. */
function Head({ title, isAction, sort, order }: HeadProps) {
  const [search] = useSearchParams()
  if (isAction) return <span className="sr-only">{title}</span>
  if (!sort) return title
  const isDownNext = order === 'none' ? sort.isDownFirst : order === 'ascending'
  const next = new URLSearchParams(search)
  next.delete('cursor')
  next.set('sort', isDownNext ? `-${sort.by}` : sort.by)
  const Icon = { ascending: ArrowUp, descending: ArrowDown, none: ArrowUpDown }[order ?? 'none']
  return (
    <Link
      to={`?${next}`}
      className="group inline-flex items-center gap-1 hover:text-n12 max-sm:hidden"
    >
      {title}
      <Icon
        aria-hidden
        className={`size-3.5 ${order === 'none' ? 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60' : ''}`}
      />
    </Link>
  )
}

/** A link to the next page of a list, and back to its beginning. */
export function Pagination({ nextCursor }: { nextCursor: string | null }) {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const isFirst = !search.has('cursor')
  if (isFirst && !nextCursor) return null
  const to = (cursor: string | null) => {
    const next = new URLSearchParams(search)
    if (cursor) next.set('cursor', cursor)
    else next.delete('cursor')
    return `?${next}`
  }
  const look = 'rounded-lg px-2.5 py-1.5 font-medium hover:bg-n3'
  return (
    <nav aria-label={t('pages')} className="flex justify-between border-n6 border-t px-3 py-2">
      {isFirst ? (
        <span />
      ) : (
        <Link className={look} to={to(null)}>
          {t('firstPage')}
        </Link>
      )}
      {nextCursor ? (
        <Link className={look} to={to(nextCursor)}>
          {t('nextPage')}
        </Link>
      ) : (
        <span />
      )}
    </nav>
  )
}
