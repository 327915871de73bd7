import type { ByteText } from '../bytes-text.ts'
import { cannotOpen, readInput, type ToolContext } from '../tool.ts'

/** Contents of the files named, or of standard input; complains about those that cannot be read. */
export function inputs(
  context: ToolContext,
  paths: readonly string[],
): { readonly contents: { readonly path: string; readonly bytes: ByteText }[]; readonly code: number } {
  const contents: { path: string; bytes: ByteText }[] = []
  let code = 0
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const content = readInput(context, path)
    if (content.ok) contents.push({ path, bytes: content.value })
    else {
      if (content.code === 'EISDIR') context.err(`${context.name}: read error: Is a directory\n`)
      else cannotOpen(context, path, content)
      code = 1
    }
  }
  return { contents, code }
}
