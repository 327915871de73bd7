import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block of README or docs. */
export interface Block {
  /** `docs/running.md, line 37`. */
  readonly name: string
  readonly language: string
  readonly text: string
  /** What a comment in the line before says of it: `<!-- story -->`. */
  readonly mark: string | undefined
}

const root = join(import.meta.dirname, '..')

/** Pages that people read; what they are made from by a script is held against them elsewhere. */
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.endsWith('.template.md'))
    .map((name) => `docs/${name}`)
    .sort(),
]

/** Every fenced block of every page, in their order. */
export function pageBlocks(): readonly Block[] {
  return pages.flatMap((page) => {
    const content = readFileSync(join(root, page), 'utf8')
    const found = content.matchAll(/(?:^<!-- (.*) -->\n)?^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)
    return [...found].map(({ 1: mark, 2: indent = '', 3: language = '', 4: text = '', index, 0: whole }) => ({
      name: `${page}, line ${content.slice(0, index + whole.indexOf('```')).split('\n').length}`,
      language,
      text: text.replace(new RegExp(`^${indent}`, 'gm'), ''),
      mark,
    }))
  })
}

/**
 * The command lines of a block, as words: comments, what is piped in and where it goes are left out. Enough for the lines of a
 * page, which have quotes and pipes but no more.
 */
export function commandsOf(text: string): readonly (readonly string[])[] {
  return (
    text
      .replace(/\\\n\s*/g, '')
      // What a workflow puts in.
      .replace(/\$\{\{.*?\}\}/g, '1')
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, ''))
      .flatMap((line) => line.split(/\||&&|;/))
      .map((line) =>
        line
          .replace(/\s[<>]+\s*\S+/g, '')
          .replace(/^\w+=\$\((.*)\)$/, '$1')
          .trim(),
      )
      .filter((line) => line !== '')
      .map((line) =>
        [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3] ?? ''),
      )
  )
}
