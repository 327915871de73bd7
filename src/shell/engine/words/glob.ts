/** File names that a pattern stands for. Source: POSIX XCU 2.13.3. */
import type { FileView } from '../../../fs/node-fs.ts'
import { compareBytes } from '../../../fs/path.ts'
import { fromByteText, toByteText } from '../../byte-text.ts'
import type { Shell } from '../shell.ts'
import { compilePattern, hasGlob, matches, type PatternPiece } from './pattern.ts'

/**
 * Paths as byte text, in order of bytes; empty when nothing matches. Names that begin with a dot need one in the
 * pattern.
 */
export function expandGlob(
  pieces: readonly PatternPiece[],
  { dialect, directory, world: { files } }: Pick<Shell, 'dialect' | 'directory' | 'world'>,
): string[] {
  // Source: bash(1), globskipdots, which is on.
  const skipsDots = dialect.name === 'bash'
  const whole = textOf(pieces)
  let found: string[] = [whole.startsWith('/') ? '/' : '']
  const segments = splitSegments(pieces)
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1 && !whole.endsWith('/')
    found = found.flatMap((base) => step(base, segment, isLast, files, directory, skipsDots))
  })
  return found.sort(compareBytes)
}

function textOf(pieces: readonly PatternPiece[]): string {
  return pieces.map((piece) => piece.text).join('')
}

function step(
  base: string,
  segment: readonly PatternPiece[],
  isLast: boolean,
  files: FileView,
  directory: string,
  skipsDots: boolean,
): string[] {
  const at = (path: string): string => fromByteText(path.startsWith('/') ? path : `${directory}/${path}`)
  const isDirectory = (path: string): boolean => {
    const stat = files.stat(at(path))
    return stat.ok && stat.value.type === 'directory'
  }
  const text = textOf(segment)
  if (!hasGlob(segment)) {
    if (isLast) return files.lstat(at(base + text)).ok ? [base + text] : []
    return isDirectory(base + text) ? [`${base + text}/`] : []
  }
  const names = files.readdir(at(base === '' ? '.' : base))
  if (!names.ok) return []
  const pattern = compilePattern(segment)
  const dots = skipsDots ? [] : ['.', '..']
  const all = text.startsWith('.') ? [...dots, ...names.value] : names.value.filter((name) => !name.startsWith('.'))
  const fitting = all
    .map(toByteText)
    .filter((name) => matches(pattern, name))
    .map((name) => base + name)
  return isLast ? fitting : fitting.filter(isDirectory).map((path) => `${path}/`)
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
