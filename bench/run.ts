import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { apiserverFigures } from './apiserver.ts'
import { idleFigures } from './idle.ts'
import { kernelFigures } from './kernel.ts'
import type { Figure } from './measure.ts'
import { type Measured, performancePage } from './page.ts'
import { podFigures } from './pods.ts'
import { startupFigures } from './startup.ts'

/**
 * `npm run bench [suite ...]`: every figure in a process of its own, so that none spoils what the engine learnt from another.
 * With `--write` docs/performance.md is written from all suites. `--figure <index>` measures one in this process.
 */
const figures: readonly Figure[] = [
  ...kernelFigures,
  ...apiserverFigures,
  ...podFigures,
  ...idleFigures,
  ...startupFigures,
]

const self = fileURLToPath(import.meta.url)
const args = process.argv.slice(2)
if (args[0] === '--figure') process.stdout.write(JSON.stringify({ value: figures[Number(args[1])]?.measure() }))
else runSuites(new Set(args.filter((arg) => arg !== '--write')), args.includes('--write'))

function runSuites(suites: ReadonlySet<string>, writes: boolean): void {
  process.stdout.write(`Node.js ${process.version}; ratios of one run are what counts, not the figures\n`)
  const measured: Measured[] = []
  for (const [i, figure] of figures.entries()) {
    if (!writes && suites.size > 0 && !suites.has(figure.suite)) continue
    const value = measureAlone(i)
    const { suite, name, size, unit } = figure
    process.stdout.write(
      `${suite.padEnd(10)} ${name.padEnd(36)} ${String(size).padStart(8)}  ${format(value)} ${unit}\n`,
    )
    measured.push({ figure, value })
  }
  if (writes)
    writeFileSync(fileURLToPath(new URL('../docs/performance.md', import.meta.url)), performancePage(measured))
}

function measureAlone(index: number): number {
  const output = execFileSync(process.execPath, [...process.execArgv, self, '--figure', String(index)], {
    encoding: 'utf8',
  })
  const parsed: { readonly value: number } = JSON.parse(output)
  return parsed.value
}

function format(value: number): string {
  return value.toLocaleString('en-US').padStart(12)
}
