import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** `npm run generate [kind ...]`: writes again what is made from something else and kept in the repository. */

const generators: Readonly<Record<string, string>> = {
  coverage: 'generate-coverage.ts',
  machines: 'generate-machines.ts',
  scenarios: 'generate-scenario-reference.ts',
}

const asked = process.argv.slice(2)
const unknown = asked.filter((kind) => !Object.hasOwn(generators, kind))
if (unknown.length > 0) {
  process.stderr.write(`nothing generates ${unknown.join(', ')}; known: ${Object.keys(generators).join(', ')}\n`)
  process.exit(2)
}
for (const kind of asked.length === 0 ? Object.keys(generators) : asked) {
  const script = join(import.meta.dirname, generators[kind] ?? '')
  const { status } = spawnSync(process.execPath, [...process.execArgv, script], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
