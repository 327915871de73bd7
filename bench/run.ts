import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { apiserverFigures } from './apiserver.ts'
import { idleFigures } from './idle.ts'
import { kernelFigures } from './kernel.ts'
import type { Figure } from './measure.ts'
import { podFigures } from './pods.ts'
import { startupFigures } from './startup.ts'

/**
 * `npm run bench [suite ...]`: every figure in a process of its own, so that none spoils what the engine learnt from another,
 * all of one run. Figures with a number as their only argument are measured in this process.
 */
const figures: readonly Figure[] = [
  ...kernelFigures,
  ...apiserverFigures,
  ...podFigures,
  ...idleFigures,
  ...startupFigures,
]

const [only, ...rest] = process.argv.slice(2)
if (only === '--figure') {
  const chosen = figures[Number(rest[0])]
  process.stdout.write(JSON.stringify({ value: chosen?.measure() }))
} else {
  const suites = only === undefined ? undefined : [only, ...rest]
  process.stdout.write(`Node.js ${process.version}; ratios of one run are what counts, not the figures\n`)
  for (const [i, { suite, name, size, unit }] of figures.entries()) {
    if (suites !== undefined && !suites.includes(suite)) continue
    process.stdout.write(
      `${suite.padEnd(10)} ${name.padEnd(28)} ${String(size).padStart(8)}  ${format(measureAlone(i))} ${unit}\n`,
    )
  }
}

function measureAlone(index: number): number {
  const self = fileURLToPath(import.meta.url)
  const output = execFileSync(process.execPath, [...process.execArgv, self, '--figure', String(index)], {
    encoding: 'utf8',
  })
  const parsed: { readonly value: number } = JSON.parse(output)
  return parsed.value
}

function format(value: number): string {
  return value.toLocaleString('en-US').padStart(12)
}
