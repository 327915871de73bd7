import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchFolder, bundleScript } from './baseline.ts'
import { figures } from './figures.ts'
import { type Measured, performancePage } from './page.ts'

/**
 * `npm run bench [suite ...]`: every figure in a process of its own, so that none spoils what the engine learnt from another.
 * `--only text` takes those whose name has the text. With `--write` docs/performance.md is written from all suites. Run from the project's root.
 */
const args = process.argv.slice(2)
const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '') : ''
const suites = new Set(args.filter((arg) => !arg.startsWith('--') && arg !== only))
runSuites(args.includes('--write'))

function runSuites(writes: boolean): void {
  process.stdout.write(`Node.js ${process.version}; ratios and bytes of one run are what counts, not times\n`)
  const script = join(benchFolder, `figure-${process.pid}.mjs`)
  bundleScript('bench/measure-one.ts', script)
  const measured: Measured[] = []
  for (const [i, figure] of figures.entries()) {
    const { suite, name, size, unit, goal } = figure
    if (!writes && ((suites.size > 0 && !suites.has(suite)) || !name.includes(only))) continue
    const value = measureAlone(script, i)
    const told = `${suite.padEnd(10)} ${name.padEnd(45)} ${String(size).padStart(8)}  ${format(value)} ${unit}`
    const aims = goal === undefined ? '' : `; landed ${goal.landed ?? '-'}, to reach ${goal.reach}, aim ${goal.aim}`
    process.stdout.write(`${told}${aims}\n`)
    measured.push({ figure, value })
  }
  if (writes) writeFileSync('docs/performance.md', performancePage(measured))
}

function measureAlone(script: string, index: number): number {
  const flags = ['--expose-gc', '--max-old-space-size=8192']
  const output = execFileSync(process.execPath, [...flags, script, String(index)], { encoding: 'utf8' })
  const parsed: { readonly value: number } = JSON.parse(output)
  return parsed.value
}

function format(value: number): string {
  return value.toLocaleString('en-US').padStart(12)
}
