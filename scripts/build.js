import { build, install, main } from './prepare.js'

await main(async () => {
  install()
  build()
})
