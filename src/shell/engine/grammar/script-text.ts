/** Scripts as texts: read at once, line by line, or as one word. */
import type { OpenDocument } from './cursor.ts'
import { nested, Parser } from './parser.ts'
import { type ListItem, type Script, ShellSyntaxError, type Word } from './syntax.ts'
import { type Grammar, WordReader } from './word-reader.ts'

/** What a text says, up to its first mistake. */
export interface ParsedScript {
  /** What could be read; all of it unless there is an error. */
  readonly script: Script
  readonly error: ShellSyntaxError | undefined
  /** Of here-documents that nothing ended; ash says nothing of them. */
  readonly warnings: readonly OpenDocument[]
}

/** Reads a script line by line: what stands before a mistake is still there, as shells run it. `firstLine`: the number of its first line. */
export function parseShell(text: string, grammar: Grammar, firstLine = 1): ParsedScript {
  const items: ListItem[] = []
  const parser = new Parser(text, grammar, 0, firstLine)
  const { openDocuments: warnings } = parser
  try {
    while (parser.skipToCommand()) items.push(...parser.commands())
    return { script: items, error: undefined, warnings }
  } catch (error) {
    if (error instanceof ShellSyntaxError) return { script: items, error, warnings }
    throw error
  }
}

/** Reads a script a line at a time, with names that stand for texts. */
export class ScriptLines {
  readonly #parser: Parser

  constructor(
    text: string,
    grammar: Grammar,
    firstLine: number,
    aliases: () => ReadonlyMap<string, string> | undefined,
  ) {
    this.#parser = new Parser(text, grammar, 0, firstLine)
    this.#parser.aliases = aliases
  }

  /** The commands of the next line; undefined behind the last. */
  next(): Script | ShellSyntaxError | undefined {
    try {
      return this.#parser.skipToCommand() ? this.#parser.commands() : undefined
    } catch (error) {
      if (error instanceof ShellSyntaxError) return error
      throw error
    }
  }
}

/** A text as it would stand in double quotes. */
export function quotedWord(text: string, grammar: Grammar): Word {
  return new WordReader(text, 0, (inner, depth, line) => nested(inner, grammar, depth, line), grammar, 0).rest(true)
}
