import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/**
 * `npm run build`: puts the bundles together beside the modules one by one and their declarations, which do not need each other. Types are
 * not checked: `npm run typecheck` does that.
 */
const root = join(import.meta.dirname, '..')

/** Runs a script of Node.js to its end; its exit code is ours when it fails. */
async function run(...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null] // what a process that was spawned ends with
  if (code !== 0) process.exit(code ?? 1)
}

const typescript = ['--import', 'tsx']

async function modules(): Promise<void> {
  await run('node_modules/typescript/bin/tsc', '--singleThreaded', '--noCheck', '-p', 'tsconfig.build.json')
  await run(...typescript, 'scripts/declarations.ts')
}

await Promise.all([modules(), run(...typescript, 'scripts/bundle.ts')])
