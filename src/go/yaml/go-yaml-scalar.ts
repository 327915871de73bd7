/**
 * Which styles a scalar may be written in. Source: gopkg.in/yaml.v2 emitterc.go, yaml_emitter_analyze_scalar and
 * yaml_emitter_select_scalar_style; encode.go, stringv.
 */
import { isBase60Float, resolveScalar } from './go-resolve.ts'

/** How a scalar is written; go-yaml never folds with `>`. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

/** U+FEFF, which go-yaml never writes unescaped. */
export const byteOrderMark = 0xfeff

/** Code points that end a line in YAML 1.1: LF, CR, NEL, LS, PS. */
export function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029
}

/** Whether libyaml writes the code point as it is. Nothing above U+FFFF counts, so emoji are escaped. */
export function isPrintable(code: number): boolean {
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== byteOrderMark)
  )
}

/** A space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

interface ScalarAnalysis {
  readonly isMultiline: boolean
  readonly isPlainAllowed: boolean
  readonly isSingleQuotedAllowed: boolean
  readonly isBlockAllowed: boolean
}

const emptyScalar: ScalarAnalysis = {
  isMultiline: false,
  isPlainAllowed: true,
  isSingleQuotedAllowed: true,
  isBlockAllowed: false,
}

/** What may be done with a scalar outside flow collections, the only place where values of ours stand. */
export function analyzeScalar(runes: readonly number[]): ScalarAnalysis {
  const last = runes.length - 1
  if (last < 0) return emptyScalar
  let lineBreaks = false
  let special = false
  let breakSpace = false
  let spaceBreak = false
  let previous: 'space' | 'break' | 'other' = 'other'
  runes.forEach((code) => {
    if (!isPrintable(code)) special = true
    if (code === 0x20) {
      if (previous === 'break') breakSpace = true
      previous = 'space'
    } else if (isBreak(code)) {
      lineBreaks = true
      if (previous === 'space') spaceBreak = true
      previous = 'break'
    } else {
      previous = 'other'
    }
  })
  const isEdgeBlank = [runes[0] ?? 0, runes[last] ?? 0].some((code) => code === 0x20 || isBreak(code))
  const isBroken = spaceBreak || special
  return {
    isMultiline: lineBreaks,
    isPlainAllowed: !isEdgeBlank && !breakSpace && !isBroken && !lineBreaks && !hasBlockIndicator(runes),
    isSingleQuotedAllowed: !breakSpace && !isBroken,
    isBlockAllowed: runes[last] !== 0x20 && !isBroken,
  }
}

const leadingIndicators = new Set(Array.from('#,[]{}&*!|>\'"%@`', (c) => c.charCodeAt(0)))

function hasBlockIndicator(runes: readonly number[]): boolean {
  const first = runes[0] ?? 0
  if ((first === 0x2d || first === 0x2e) && runes[1] === first && runes[2] === first) return true
  if (leadingIndicators.has(first)) return true
  let precededByBlank = true
  return runes.some((code, i) => {
    const next = runes[i + 1]
    const followedByBlank = next === undefined || isBlank(next)
    const isIndicator =
      (code === 0x3a && followedByBlank) ||
      (i === 0 && (code === 0x3f || code === 0x2d) && followedByBlank) ||
      (i > 0 && code === 0x23 && precededByBlank)
    precededByBlank = isBlank(code) || isBreak(code) || code === 0
    return isIndicator
  })
}

/** The style of a string, as a value or as a key (`isSimpleKey`: one that stands before its colon on one line). */
export function stringStyle(text: string, analysis: ScalarAnalysis, isSimpleKey: boolean): ScalarStyle {
  let style: ScalarStyle = 'double'
  if (text.includes('\n')) style = 'literal'
  else if (resolveScalar(text).tag === 'str' && !isBase60Float(text)) style = 'plain'
  if (isSimpleKey && analysis.isMultiline) style = 'double'
  if (style === 'plain' && !analysis.isPlainAllowed) style = 'single'
  if (style === 'single' && !analysis.isSingleQuotedAllowed) style = 'double'
  if (style === 'literal' && (!analysis.isBlockAllowed || isSimpleKey)) style = 'double'
  return style
}
