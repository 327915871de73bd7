import type { Plugin } from 'esbuild'

/** What is CommonJS inside a bundle asks for modules of Node.js. The name is one that no package inside declares. */
export const requireBanner =
  "import { createRequire as requireOfBundle } from 'node:module';const require = requireOfBundle(import.meta.url)"

/** The renderer's developer tools: nobody has them installed, and a bundle would ask for them at its start. */
export const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'nothing' }))
    onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'export default {}' }))
  },
}
