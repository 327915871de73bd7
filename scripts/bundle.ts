import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild'

/**
 * Puts what is loaded together into one file, for looking for 900 modules takes most of a short run: the command
 * (bin/podsim.js says how it is loaded), the player's screen, which only `podsim play` on a terminal needs, and the library.
 * Declarations, and modules one by one for who wants to read them, are what `tsc` leaves in dist/.
 */
const folder = 'dist/bundle'

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  write: false,
  outdir: folder,
}

/**
 * Leaves the player's screen where it is put beside the command. What runs by `vm.Script` with a code cache cannot import
 * by itself (Node.js 20 forgets how), so that the loader does it.
 */
const screenApart: Plugin = {
  name: 'screen-apart',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/ui\/play-terminal\.tsx$/ }, () => ({ path: 'screen', namespace: 'apart' }))
    onResolve({ filter: /./, namespace: 'apart' }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /./, namespace: 'apart' }, () => ({
      contents: `import { importScreen } from '../../bin/bundle.js'
        export const playOnTerminal = async (...given) => (await importScreen()).playOnTerminal(...given)`,
    }))
  },
}

const command: BuildOptions = {
  entryPoints: { podsim: 'src/cli/main.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  plugins: [screenApart],
  // CommonJS has no import.meta.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
}

const screen: BuildOptions = {
  entryPoints: { 'play-terminal': 'src/ui/play-terminal.tsx' },
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  packages: 'external',
}

const library: BuildOptions = {
  entryPoints: { index: 'src/index.ts', vitest: 'src/testing/vitest.ts' },
  format: 'esm',
  splitting: true,
  external: ['vitest'],
  // Packages that are CommonJS (yaml) ask for modules of Node.js.
  banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url)" },
}

mkdirSync(folder, { recursive: true })
for (const old of readdirSync(folder)) rmSync(`${folder}/${old}`)
for (const options of [command, screen, library]) {
  const { outputFiles = [] } = await build({ ...common, ...options })
  for (const file of outputFiles) writeFileSync(`${folder}/${basename(file.path)}`, contentOf(file))
}
execFileSync(process.execPath, ['scripts/code-cache.cjs'], { stdio: 'inherit' })

/** esbuild escapes what is not ASCII in strings, but not in regular expressions; there, too, an escape means the same. */
function contentOf({ path, text }: OutputFile): string {
  if (path.endsWith('.map')) return text
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
