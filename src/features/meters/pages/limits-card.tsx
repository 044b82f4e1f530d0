import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card, EmptyState } from '../../../ui/page.tsx'

type LimitsCardProps = {
  unit: string
  kind: 'counter' | 'gauge'
  plans: { id: string; slug: string; name: string; limit: number | null }[]
  state?: Refused
}

/** What each plan allows of a meter. */
export function LimitsCard({ unit, kind, plans, state }: LimitsCardProps) {
  const { t } = useTranslation('meters')
  const { t: common } = useTranslation()
  if (plans.length === 0) {
    return (
      <Card title={t('limits')}>
        <EmptyState
          title={t('noPlans')}
          action={<Link to="/admin/plans/new">{t('addPlan')}</Link>}
        />
      </Card>
    )
  }
  return (
    <Card title={t('limits')}>
      <Form method="post" action="?form=limits" state={state} className="grid gap-4">
        <p className="text-n11">{t(`limitsText.${kind}`, { unit })}</p>
        <ErrorSummary />
        <div className="grid gap-4 sm:grid-cols-2">
          {plans.map(({ id, name, limit }) => (
            <TextField
              key={id}
              name={id}
              label={name}
              inputMode="decimal"
              defaultValue={limit ?? ''}
            />
          ))}
        </div>
        <Button look="secondary" className="justify-self-start">
          {common('save')}
        </Button>
      </Form>
    </Card>
  )
}
