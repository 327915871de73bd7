import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

/** The first house, which issues and docs compare with. */
const baselineCommit = 'e91926d'

/** Where scripts and builds of the benchmark are put: packages are found from there. */
export const benchFolder = 'node_modules/.cache/podsim-bench'

/** The library of that commit in one file, built from git once and kept. */
export function baselineLibrary(): string {
  const folder = resolve(benchFolder, baselineCommit)
  const bundle = join(folder, 'podsim.mjs')
  if (existsSync(bundle)) return bundle
  mkdirSync(folder, { recursive: true })
  const archive = execFileSync('git', ['archive', baselineCommit, 'src'], { maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  bundleScript(join(folder, 'src/index.ts'), `${bundle}.new`)
  renameSync(`${bundle}.new`, bundle)
  return bundle
}

/** The library of the working tree, made in the same way. */
export function presentLibrary(): string {
  const bundle = resolve(benchFolder, `present-${process.pid}.mjs`)
  bundleScript('src/index.ts', bundle)
  return bundle
}

/** One file without the helper that tsx puts around every function: what is measured is what users get. */
export function bundleScript(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    // The player's renderer asks for developer tools that nobody has; as it is installed it does not.
    external: ['esbuild', 'ink', 'react'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';const require = requireOf(import.meta.url)",
    },
  })
}
