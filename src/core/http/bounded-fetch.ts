const usual = { timeoutMs: 5000, maxBytes: 1024 * 1024 }

/**
 * A call to a server that the operator named. It fails when the whole answer is not there within five
 * seconds or is larger than a mebibyte. Redirects are answers, and not followed.
 */
export async function boundedFetch(
  url: string,
  init: RequestInit = {},
  { timeoutMs, maxBytes } = usual,
): Promise<Response> {
  const late = AbortSignal.timeout(timeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, late]) : late
  const response = await fetch(url, { ...init, redirect: 'manual', signal })
  const body = await readBody(response, maxBytes)
  return new Response(body.length > 0 ? new Uint8Array(body) : null, {
    status: response.status,
    headers: response.headers,
  })
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    // Leaving the loop ends the connection.
    if (bytes > maxBytes) throw new TypeError(`the answer has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
