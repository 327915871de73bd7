export type ColourChoice = 'auto' | 'always' | 'never'

/** Whether to colour what goes to a stream: --color, then NO_COLOR and FORCE_COLOR, then what the stream is. */
export function wantsColour(flag: ColourChoice, stream: { readonly isTTY?: boolean }): boolean {
  if (flag !== 'auto') return flag === 'always'
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true
  return stream.isTTY === true && TERM !== 'dumb'
}
