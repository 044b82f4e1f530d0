import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextArea } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { NoteJson } from '../../accounts/user-notes.ts'

type UserNotesProps = { notes: NoteJson[]; state: Refused | undefined; now: number }

/** What operators want each other to know. */
export function UserNotes({ notes, state, now }: UserNotesProps) {
  const { t } = useTranslation('customers')
  return (
    <Card title={<span id="notes">{t('notes')}</span>}>
      <Form
        // A note that is written leaves an empty field behind.
        key={notes[0]?.id}
        method="post"
        action="?index&form=note"
        state={state}
        className="grid gap-3"
      >
        <ErrorSummary />
        <TextArea name="body" label={t('newNote')} hint={t('notesHint')} rows={3} />
        <Button look="secondary" className="justify-self-start">
          {t('addNote')}
        </Button>
      </Form>
      {notes.length > 0 && (
        <ul className="mt-5 grid gap-4 border-n6 border-t pt-4">
          {notes.map((note) => (
            <li key={note.id} className="grid gap-1">
              <p className="whitespace-pre-wrap break-words">{note.body}</p>
              <div className="flex flex-wrap items-center justify-between gap-x-3 text-[13px] text-n11">
                <span>
                  {note.author?.name || note.author?.email || t('somebody')}
                  {' · '}
                  <RelativeTime value={note.created_at} now={now} />
                </span>
                <Form method="post" action="?index&form=remove-note">
                  <input type="hidden" name="id" value={note.id} />
                  <button
                    type="submit"
                    className="button inline-flex min-h-6 items-center underline-offset-2 hover:text-n12 hover:underline"
                  >
                    {t('removeNote')}
                  </button>
                </Form>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
