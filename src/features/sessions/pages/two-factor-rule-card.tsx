import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'

type RuleCardProps = { required: boolean; membersWithout: number; state?: Refused }

/** Whether the reader's organization requires a second factor; shown to its owner. */
export function TwoFactorRuleCard({ required, membersWithout, state }: RuleCardProps) {
  const { t } = useTranslation('factors')
  const title = (
    <span id="two-factor-rule" className="inline-flex flex-wrap items-center gap-2">
      {t('rule')}
      {required && <Badge tone="ok">{t('on')}</Badge>}
    </span>
  )
  return (
    <Card title={title}>
      <Form method="post" action="?form=two-factor-rule" state={state} className="grid gap-4">
        <p className="text-n11">
          {t(required ? 'ruleOnText' : 'ruleText')}{' '}
          {membersWithout > 0 && t('membersWithout', { count: membersWithout })}
        </p>
        <ErrorSummary />
        <input type="hidden" name="required" value={String(!required)} />
        <Button look="secondary" className="justify-self-start">
          {t(required ? 'ruleEnd' : 'ruleBegin')}
        </Button>
      </Form>
    </Card>
  )
}
