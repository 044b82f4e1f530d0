import { runUntilSignal, serve } from '../main.ts'
import { startDemo } from './start-demo.ts'

/** `npm start`: the demo on what was built. */
await runUntilSignal(() => startDemo(serve))
