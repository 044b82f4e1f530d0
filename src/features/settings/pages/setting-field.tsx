import { useTranslation } from 'react-i18next'
import { Select, TextField } from '../../../ui/form.tsx'
import type { SettingKey } from '../settings.ts'

type SettingFieldProps = {
  setting: {
    key: SettingKey
    text: string
    fallback: string
    isSet: boolean
    isSecret: boolean
    isNumber: boolean
    choices: string[] | null
  }
  /** What became of the value, where that is not what was asked. */
  note?: string
  /** Id of the form that puts a setting back to its default. */
  unsetForm: string
}

/** One setting by its name in words and in the API, with the way back to its default. */
export function SettingField({ setting, note, unsetForm }: SettingFieldProps) {
  const { t } = useTranslation('settings')
  const { t: admin } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { key, text, fallback, isSet, isSecret, isNumber, choices } = setting
  const wordOf = (choice: string) =>
    choice === 'true' ? common('yes') : choice === 'false' ? common('no') : choice
  const label = (
    <span className="flex flex-wrap items-baseline justify-between gap-x-4">
      {t(`${key}.label`)}
      <code className="font-normal text-n10 text-xs">{key}</code>
    </span>
  )
  const hint = [t(`${key}.hint`), note, isSecret && isSet && admin('secretKept')]
    .filter(Boolean)
    .join(' ')
  const shared = { name: key, label, hint, defaultValue: text }
  return (
    <div id={key} className="grid gap-1">
      {choices ? (
        <Select {...shared} options={choices.map((value) => ({ value, label: wordOf(value) }))} />
      ) : (
        <TextField
          {...shared}
          type={isSecret ? 'password' : 'text'}
          inputMode={isNumber ? 'numeric' : undefined}
          autoComplete="off"
        />
      )}
      {isSet && (
        // Of a form of its own: the return key in a field must save, not unset.
        <button
          type="submit"
          form={unsetForm}
          name="key"
          value={key}
          className="link justify-self-start text-[13px]"
        >
          {admin(isSecret ? 'unsetSecret' : 'unset', { value: wordOf(fallback) || '–' })}
        </button>
      )}
    </div>
  )
}
