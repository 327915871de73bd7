import type { Plugin } from 'esbuild'

/** Packages whose members are first touched by work that few runs do: points on curves, expressions of CEL. */
const late = /^(?:@noble\/curves\/nist\.js|@marcbachmann\/cel-js)$/

/**
 * Lets a bundle load some packages when one of their members is first read, and not as it starts, though what uses them imports them
 * like any other: the way there is a module of getters. What a package asks of Node.js at its start for a case that never comes about here is put off
 * too (commander starts programs of other files) or left out (seedrandom draws seeds of its own): loading that takes longer than the packages.
 */
export const latePackages: Plugin = {
  name: 'late-packages',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: late }, ({ path, namespace, resolveDir }) =>
      namespace === 'late' ? undefined : { path, namespace: 'late', pluginData: resolveDir },
    )
    onLoad({ filter: late, namespace: 'late' }, async ({ path, pluginData }) => ({
      contents: membersOf(path, Object.keys(await import(path))),
      resolveDir: pluginData as string, // where whoever imports it lies
    }))
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /\/commander\//.test(importer) ? { path, namespace: 'late-builtin' } : undefined,
    )
    onLoad({ filter: /./, namespace: 'late-builtin' }, ({ path }) => ({ contents: membersOf(path, ['spawn']) }))
    onResolve({ filter: /^crypto$/ }, ({ path, importer }) =>
      /\/seedrandom\//.test(importer) ? { path, namespace: 'left-out' } : undefined,
    )
    onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }))
  },
}

function membersOf(path: string, names: readonly string[]): string {
  const getters = names.map((name) => `get ${name}() { return require(${JSON.stringify(path)}).${name} }`)
  return `module.exports = { ${getters.join(', ')} }`
}
