import { unescaped } from '../engine/grammar/escapes.ts'
import type { Tool } from './tool.ts'

/** Options -n, -e, -E. Source: bash builtins/echo.def; busybox coreutils/echo.c. */
export const echo: Tool = ({ args, voice, out }) => {
  let newline = true
  let escapes = false
  let first = 0
  for (; /^-[neE]+$/.test(args[first] ?? ''); first++)
    for (const letter of (args[first] ?? '').slice(1)) {
      if (letter === 'n') newline = false
      else escapes = letter === 'e'
    }
  const text = args.slice(first).join(' ')
  const { text: shown, stops } = escapes ? unescaped(text, voice === 'busybox') : { text, stops: false }
  out(newline && !stops ? `${shown}\n` : shown)
  return 0
}
