import type { Config } from '@react-router/dev/config'

export default {
  appDirectory: 'src',
  buildDirectory: 'build',
  serverBuildFile: '[name].js',
  // Portal and admin share one route tree under two base paths, so the whole (small) manifest ships at once.
  routeDiscovery: { mode: 'initial' },
} satisfies Config
