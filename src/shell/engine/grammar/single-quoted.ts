import type { ByteText } from '../../byte-text.ts'

/** A text in single quotes, its own single quotes in double ones. Source: busybox shell/ash.c, single_quote. */
export function singleQuoted(text: ByteText): ByteText {
  const pieces = text.match(/[^']+|'+/g) ?? []
  const quoted = pieces.map((piece) => (piece.startsWith("'") ? `"${piece}"` : `'${piece}'`)).join('')
  return text === '' || text.startsWith("'") ? `''${quoted}` : quoted
}

/** A text as `set -x` of ash shows it: in quotes where it needs them. Source: busybox shell/ash.c, maybe_single_quote. */
export function maybeQuoted(text: ByteText): ByteText {
  return /^[+,\-./0-9:@A-Z\]^_a-z]*$/.test(text) ? text : singleQuoted(text)
}
