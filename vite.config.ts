import { reactRouter } from '@react-router/dev/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import { keepServerOut } from './scripts/keep-server-out.ts'

/** Every program of the product, built as one module graph beside the pages. */
const programs = {
  cli: './src/cli/cli.ts',
  demo: './src/demo/demo.ts',
  thread: './src/gateway/thread.ts',
}

/**
 * Packages are built in, which starts a command in a quarter of the time, and React as it is for
 * production, whatever the environment says. While developing they load as they are.
 */
const withPackages = {
  resolve: { noExternal: true as const },
  define: { 'process.env.NODE_ENV': '"production"' },
}

export default defineConfig(({ command }) => ({
  plugins: [tailwindcss(), reactRouter(), keepServerOut()],
  // Nothing is inlined: the content security policy lets fonts and images come from files alone.
  build: { assetsInlineLimit: 0 },
  environments: {
    ssr: {
      ...(command === 'build' && withPackages),
      build: {
        target: 'node26',
        rolldownOptions: { input: programs },
      },
    },
  },
}))
