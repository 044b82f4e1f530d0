import { PassThrough } from 'node:stream'
import { createReadableStreamFromReadable } from '@react-router/node'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import { I18nextProvider } from 'react-i18next'
import { type EntryContext, type RouterContextProvider, ServerRouter } from 'react-router'
import { pageContext } from './core/http/page-context.ts'
import { createI18n } from './ui/i18n.ts'
import { resources as en } from './ui/locales/en.ts'
import { resources as fr } from './ui/locales/fr.ts'

const resources = { en, fr }
export const streamTimeout = 10_000

/** Renders a page as a stream; crawlers get it whole. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  entry: EntryContext,
  context: RouterContextProvider,
): Promise<Response> {
  const { locale, nonce } = context.get(pageContext)
  const i18n = createI18n(locale, resources[locale])
  return new Promise((resolve, reject) => {
    let answered = status
    const start = () => {
      const body = new PassThrough()
      headers.set('content-type', 'text/html; charset=utf-8')
      headers.set('content-language', locale)
      resolve(new Response(createReadableStreamFromReadable(body), { status: answered, headers }))
      pipe(body)
    }
    const waitsForAll = isbot(request.headers.get('user-agent') ?? '')
    const { pipe, abort } = renderToPipeableStream(
      <I18nextProvider i18n={i18n}>
        <ServerRouter context={entry} url={request.url} nonce={nonce} />
      </I18nextProvider>,
      {
        nonce,
        onShellReady: () => !waitsForAll && start(),
        onShellError: reject,
        onError: (error) => {
          answered = 500
          if (request.signal.aborted) return
          const { app, requestId } = context.get(pageContext)
          app.log.error({ err: error, requestId }, 'page failed while it was rendered')
        },
        onAllReady: () => {
          clearTimeout(late)
          if (waitsForAll) start()
        },
      },
    )
    const late = setTimeout(abort, streamTimeout + 1000).unref()
    request.signal.addEventListener('abort', () => abort(), { once: true })
  })
}

/** Failures of loaders, actions and rendering were logged where they happened. */
export function handleError(): void {}
