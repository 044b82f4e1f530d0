import { AlertTriangle, Info, OctagonAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { sayNotice } from '../../../ui/notice-words.ts'
import { RelativeTime } from '../../../ui/time.tsx'
import type { NoteJson } from '../notes.ts'

const icons = { info: Info, warning: AlertTriangle, critical: OctagonAlert }
const colors = {
  info: 'bg-info-soft text-info',
  warning: 'bg-warn-soft text-warn',
  critical: 'bg-bad-soft text-bad',
}

type NoteListProps = { notes: NoteJson[]; view: string; now: number }

export function NoteList({ notes, view, now }: NoteListProps) {
  return (
    <ul className="divide-y divide-n4">
      {notes.map((note) => (
        <Note key={note.id} note={note} view={view} now={now} />
      ))}
    </ul>
  )
}

function Note({ note, view, now }: { note: NoteJson; view: string; now: number }) {
  const { t } = useTranslation('notices')
  const format = useFormat()
  const { title, text, path } = sayNotice(t, format, note)
  const Icon = icons[note.severity]
  return (
    <li className="flex gap-3 px-5 py-4">
      <span
        className={`mt-0.5 grid size-8 shrink-0 place-items-center rounded-lg ${colors[note.severity]}`}
      >
        <Icon aria-hidden className="size-4" />
        <span className="sr-only">{t(`severity.${note.severity}`)}</span>
      </span>
      <div className="grid min-w-0 flex-1 gap-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <p className={`min-w-0 break-words ${note.read_at ? '' : 'font-semibold'}`}>
            {!note.read_at && (
              <>
                <span
                  aria-hidden
                  className="mr-2 inline-block size-2 rounded-full bg-brand align-middle"
                />
                <span className="sr-only">{t('isNew')}: </span>
              </>
            )}
            <Link to={path} className="underline-offset-2 hover:underline">
              {title}
            </Link>
          </p>
          <span className="whitespace-nowrap text-[13px] text-n11">
            <RelativeTime value={note.time} now={now} />
          </span>
        </div>
        <p className="max-w-[68ch] break-words text-n11">{text}</p>
        {!note.read_at && (
          <Form method="post" action={`?form=read&view=${view}`}>
            <input type="hidden" name="id" value={note.id} />
            <button type="submit" className="link min-h-6 text-[13px]">
              {t('read')}
              <span className="sr-only">: {title}</span>
            </button>
          </Form>
        )}
      </div>
    </li>
  )
}
