import { useTranslation } from 'react-i18next'
import { useShell } from '../../../ui/shell.ts'
import { type AuditAction, areaOf } from '../actions.ts'
import type { AuditJson } from '../audit-json.ts'

/** The log in the reader's words, instead of in codes. */
export function useAuditWords() {
  const { t } = useTranslation('audit')
  const { branding } = useShell()
  const company = branding.companyName
  const actionOf = (action: string) =>
    t(`actions.${action as 'keys.issued'}`, { defaultValue: action })
  const areaName = (area: string) => t(`areas.${area as 'keys'}`, { defaultValue: area })
  return {
    action: actionOf,
    actor: ({ type, email }: AuditJson['actor']) =>
      email ?? (type === 'operator' ? t('actors.operator', { company }) : t(`actors.${type}`)),
    target: (type: string) => t(`targets.${type as 'key'}`, { defaultValue: type }),
    /** What can be looked for: everything, each area, each action. */
    actionOptions: (actions: readonly AuditAction[]) => [
      { value: '', label: t('anyAction') },
      ...[...new Set(actions.map(areaOf))].flatMap((area) => [
        { value: `${area}.`, label: t('allOf', { area: areaName(area) }) },
        ...actions
          .filter((action) => areaOf(action) === area)
          .map((action) => ({
            value: action,
            label: t('oneOf', { area: areaName(area), action: actionOf(action) }),
          })),
      ]),
    ],
  }
}
