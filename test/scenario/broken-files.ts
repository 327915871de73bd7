import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A scenario file with one mistake, and what is told of it: `CODE line:column suggestion`. */
export interface BrokenFile {
  readonly title: string
  readonly text: string
  readonly told: readonly string[]
}

const root = join(import.meta.dirname, '../..')

/** The table of test/fixtures/broken-scenarios.txt. */
export function brokenFiles(): readonly BrokenFile[] {
  const all = readFileSync(join(root, 'test/fixtures/broken-scenarios.txt'), 'utf8')
  return all
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.trimEnd().split('\n')
      const told = lines.filter((line) => line.startsWith('--- ')).map((line) => line.slice(4))
      const text = lines.filter((line) => !line.startsWith('--- ')).map((line) => line.replace(/^\\t/, '\t'))
      return { title, text: `${text.join('\n')}\n`, told }
    })
}
