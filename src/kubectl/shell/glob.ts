/** File names that a pattern stands for. Source: POSIX XCU 2.13.3. */
import { hasGlob, matchesPattern, type PatternPiece } from './pattern.ts'
import type { ShellState } from './state.ts'

/** Sorted bytewise; empty when nothing matches. Names that begin with a dot need one in the pattern. */
export function expandGlob(pieces: readonly PatternPiece[], state: ShellState): string[] {
  const segments = splitSegments(pieces)
  const isAbsolute = pieces[0] !== undefined && startsWithSlash(pieces)
  let found: string[] = [isAbsolute ? '/' : '']
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1
    found = found.flatMap((base) => step(base, segment, isLast, state))
  })
  return found
}

function startsWithSlash(pieces: readonly PatternPiece[]): boolean {
  return pieces
    .map((piece) => piece.text)
    .join('')
    .startsWith('/')
}

function step(base: string, segment: readonly PatternPiece[], isLast: boolean, state: ShellState): string[] {
  const text = segment.map((piece) => piece.text).join('')
  if (!hasGlob(segment)) {
    const path = base + text
    const kind = state.kind(path === '' ? '.' : path)
    if (kind === undefined) return []
    return isLast ? [path] : kind === 'directory' ? [`${path}/`] : []
  }
  const names = state.list(base === '' ? '.' : base) ?? []
  return names
    .filter((name) => (text.startsWith('.') || !name.startsWith('.')) && matchesPattern(name, segment))
    .map((name) => base + name)
    .filter((path) => isLast || state.kind(path) === 'directory')
    .map((path) => (isLast ? path : `${path}/`))
}

function splitSegments(pieces: readonly PatternPiece[]): PatternPiece[][] {
  const segments: PatternPiece[][] = [[]]
  for (const { text, quoted } of pieces) {
    text.split('/').forEach((part, i) => {
      if (i > 0) segments.push([])
      if (part !== '') segments.at(-1)?.push({ text: part, quoted })
    })
  }
  return segments.filter((segment) => segment.length > 0)
}
