import type { ToolContext } from './tool.ts'

/** Columns of a line where standard error is no terminal, without what it begins with. Source: curl 7.88 src/tool_msgs.c, voutf. */
const warningWidth = 79 - 'Warning: '.length

/** Tells a warning, in lines that are cut behind a blank. */
export function warn({ err }: Pick<ToolContext, 'err'>, text: string): void {
  let rest = text
  while (rest.length >= warningWidth) {
    const blank = rest.lastIndexOf(' ', warningWidth - 1)
    const cut = (blank > 0 ? blank : warningWidth - 1) + 1
    err(`Warning: ${rest.slice(0, cut)}\n`)
    rest = rest.slice(cut)
  }
  err(`Warning: ${rest}\n`)
}
