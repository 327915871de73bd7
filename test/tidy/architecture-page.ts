import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './source-tree.ts'

/** What docs/architecture.md says, in a form that can be held against the tree. */
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

/** Rooms in the order of the page's list: `| `kernel/` | what lives there |`. */
export function roomsOnPage(): readonly string[] {
  return rowsOf('Rooms').map(([name = '']) => name.replace(/^`|\/`$/g, ''))
}

/** Which rooms may use a package. */
export function packagesOnPage(): ReadonlyMap<string, readonly string[]> {
  return new Map(rowsOf('Packages').map(([name = '', rooms = '']) => [name.replaceAll('`', ''), rooms.split(', ')]))
}

/** Files and folders of the repository that the page, or the one for contributors, names. */
export function pathsOnPage(): readonly string[] {
  const both = page + readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  return [...both.matchAll(/`((?:src|test|docs|scripts|bench|scenarios)\/[\w./-]*)`/g)].map(([, path = '']) => path)
}

/** The way of a Secret: files, and the functions in them. */
export function wayOnPage(): readonly { readonly file: string; readonly name: string }[] {
  return rowsOf('The way of a Secret').map(([, file = '', name = '']) => ({
    file: file.replaceAll('`', ''),
    name: name.replaceAll('`', ''),
  }))
}

/** Cells of the table below a heading, without its head. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  return section
    .replace(/\n## [\s\S]*$/, '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
