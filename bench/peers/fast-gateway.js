import gateway from 'fast-gateway'

const [, , port, upstream] = process.argv
await gateway({ routes: [{ prefix: '/v1', prefixRewrite: '/v1', target: upstream }] }).start(
  Number(port),
)
