import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Card, DescriptionList } from '../../../ui/page.tsx'
import type { MeterJson } from '../meter-json.ts'

/** A meter's fields. What its numbers mean, key, kind and source, is chosen once. */
export function MeterForm({ meter, state }: { meter: MeterJson | null; state?: Refused }) {
  const { t } = useTranslation('meters')
  const { t: common } = useTranslation()
  return (
    <Card>
      <Form method="post" action="?form=meter" state={state} className="grid gap-4">
        <ErrorSummary />
        {meter && (
          <DescriptionList
            rows={[
              [t('key'), <code key="key">{meter.key}</code>],
              [t('kind'), t(`kinds.${meter.kind}`)],
              [t('source'), t(`sourcesLong.${meter.source}`)],
            ]}
          />
        )}
        <TextField name="name" label={t('name')} hint={t('nameHint')} defaultValue={meter?.name} />
        {!meter && (
          <>
            <TextField
              name="key"
              label={t('key')}
              hint={t('keyHint')}
              autoCapitalize="none"
              spellCheck={false}
            />
            <Select
              name="kind"
              label={t('kind')}
              hint={t('kindHint')}
              options={(['counter', 'gauge'] as const).map((value) => ({
                value,
                label: t(`kinds.${value}`),
              }))}
            />
            <Select
              name="source"
              label={t('source')}
              hint={t('sourceHint')}
              options={(['events', 'requests', 'bytes', 'credits'] as const).map((value) => ({
                value,
                label: t(`sourcesLong.${value}`),
              }))}
            />
          </>
        )}
        <TextField name="unit" label={t('unit')} hint={t('unitHint')} defaultValue={meter?.unit} />
        <Button className="justify-self-start">{meter ? common('save') : t('add')}</Button>
      </Form>
    </Card>
  )
}

type MeterEndingProps = { meter: MeterJson; archiving?: Refused; deleting?: Refused }

/** The ways to end a meter: put it aside, or delete it while nothing stands on it. */
export function MeterEnding({ meter, archiving, deleting }: MeterEndingProps) {
  const { t } = useTranslation('meters')
  return (
    <Card title={t('ending')}>
      <p className="mb-4 text-n11">
        {t(meter.source === 'events' ? 'endingText' : 'endingFedText')}
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <Form method="post" action="?form=archive" state={archiving} className="grid gap-3">
          <input type="hidden" name="archived" value={String(!meter.archived)} />
          <Button look="secondary" className="justify-self-start">
            {t(meter.archived ? 'restore' : 'archive')}
          </Button>
          <ErrorSummary />
        </Form>
        <Form method="post" action="?form=delete" state={deleting} className="grid gap-3">
          <Button look="danger" className="justify-self-start">
            {t('delete', { name: meter.name })}
          </Button>
          <ErrorSummary />
        </Form>
      </div>
    </Card>
  )
}
