import { Check, ChevronsUpDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Form } from './form.tsx'

export type SwitcherProps = {
  organizations: { id: string; name: string; role: string; isActive: boolean }[]
  /** Where the choice is sent to. */
  action: string
}

export const activeName = ({ organizations }: SwitcherProps) =>
  organizations.find(({ isActive }) => isActive)?.name

/** Which of the reader's organizations the pages are about, and the way to another. */
export function OrganizationSwitcher(props: SwitcherProps) {
  const { t } = useTranslation()
  const { organizations, action } = props
  return (
    <details className="rounded-lg border border-n7 bg-card">
      <summary className="flex min-h-9 items-center gap-2 rounded-lg px-2.5 font-medium hover:bg-n3 max-lg:min-h-11">
        <span className="sr-only">{t('organization')}: </span>
        <span className="min-w-0 flex-1 truncate">{activeName(props)}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-n11" />
      </summary>
      <Form method="post" action={action} reloadDocument isPersonal>
        <ul className="border-n6 border-t p-1">
          {organizations.map(({ id, name, role, isActive }) => (
            <li key={id}>
              <button
                type="submit"
                name="id"
                value={id}
                aria-current={isActive || undefined}
                className="flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-n3 max-lg:min-h-11"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{name}</span>
                  <span className="block text-[13px] text-n11">{role}</span>
                </span>
                {isActive && <Check aria-hidden className="size-4 shrink-0 text-brand-text" />}
              </button>
            </li>
          ))}
        </ul>
      </Form>
    </details>
  )
}
