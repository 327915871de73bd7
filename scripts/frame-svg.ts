import { escaped } from '../src/report/export/markup.ts'

/** A screen of the player as a picture: its characters on a grid, its colours as a dark terminal shows them. */

const cell = { width: 8.2, height: 17 } as const
const paper = '#12161c'
const ink = '#d7dde6'
/** Colours by their codes in SGR. */
const colours: Readonly<Record<string, string>> = {
  31: '#ff8a80',
  32: '#5fd39a',
  33: '#e6c15a',
  34: '#8ab4ff',
  35: '#d5a6ff',
  36: '#63d0df',
}

interface Style {
  readonly colour: string
  readonly isBold: boolean
  readonly isDim: boolean
  readonly isReverse: boolean
}

const plainStyle: Style = { colour: ink, isBold: false, isDim: false, isReverse: false }

/** `lines`: with SGR sequences and nothing else that a terminal would act on. */
export function frameSvg(lines: readonly string[], title: string): string {
  const columns = Math.max(...lines.map((line) => piecesOf(line).reduce((sum, { text }) => sum + text.length, 0)))
  const [width, height] = [Math.ceil(columns * cell.width) + 20, lines.length * cell.height + 20]
  const rows = lines.map((line, row) => rowSvg(line, row)).join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13.5">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>
${rows}
</svg>
`
}

function rowSvg(line: string, row: number): string {
  let column = 0
  const y = 10 + row * cell.height
  return piecesOf(line)
    .map(({ text, style }) => {
      const x = 10 + column * cell.width
      column += text.length
      const { colour, isBold, isDim, isReverse } = style
      const box = isReverse
        ? `<rect x="${at(x)}" y="${y}" width="${at(text.length * cell.width)}" height="${cell.height}" fill="${colour}"/>`
        : ''
      if (text.trim() === '') return box
      const look = `fill="${isReverse ? paper : colour}"${isBold ? ' font-weight="700"' : ''}${isDim ? ' opacity="0.62"' : ''}`
      // Every character stays in its column, whatever font there is.
      return `${box}<text x="${at(x)}" y="${y + 13}" ${look} xml:space="preserve" textLength="${at(text.length * cell.width)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`
    })
    .join('')
}

interface Piece {
  readonly text: string
  readonly style: Style
}

function piecesOf(line: string): readonly Piece[] {
  const pieces: Piece[] = []
  let style = plainStyle
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const [, codes] = /^\u001b\[([0-9;]*)m$/.exec(part) ?? []
    if (codes === undefined) {
      if (part !== '') pieces.push({ text: part, style })
    } else for (const code of codes.split(';')) style = styled(style, code)
  }
  return pieces
}

function styled(style: Style, code: string): Style {
  switch (code) {
    case '':
    case '0':
      return plainStyle
    case '1':
      return { ...style, isBold: true }
    case '2':
      return { ...style, isDim: true }
    case '7':
      return { ...style, isReverse: true }
    default:
      return { ...style, colour: colours[code] ?? style.colour }
  }
}

function at(value: number): number {
  return Math.round(value * 10) / 10
}
