import { safeText } from '../../bytes/terminal-text.ts'
import type { MappedSecret } from '../../check/mapped-secret.ts'
import { markup } from '../export/markup.ts'
import { joined, type Paint, plain, type TerminalText } from '../text.ts'
import { drawMap, mapStyle } from './map-drawing.ts'
import { placeBracketed, userText, wordsOf } from './map-words.ts'

/** The map as a tree: Secret, then who uses it. */
export function mapText(map: readonly MappedSecret[], paint: Paint): TerminalText {
  if (map.length === 0) return plain`no Secret is made or used\n`
  const trees = map.map(({ secret, isGiven, keys, users }) => {
    const state = isGiven ? plain`` : paint('yellow', '  not among the manifests')
    const shownKeys = keys.length === 0 ? plain`` : plain`  ${paint('dim', keys.join(', '))}`
    const branches = users.length === 0 ? ['nobody uses it'] : users.map(userText)
    const drawn = branches.map((line, i) => plain`${i === branches.length - 1 ? '└─' : '├─'} ${line}\n`)
    return plain`${paint('bold', secret)}${state}${shownKeys}\n${joined(drawn)}`
  })
  return joined(trees, '\n')
}

/** The map as a Mermaid flow chart. */
export function mapMermaid(map: readonly MappedSecret[]): string {
  const lines = ['flowchart LR']
  const users = new Map<string, string>()
  for (const [i, { secret, isGiven, users: own }] of map.entries()) {
    lines.push(`  s${i}[(${quoted(secret)})]${isGiven ? '' : ':::missing'}`)
    for (const user of own) {
      const id = users.get(user.user) ?? `u${users.size}`
      if (!users.has(user.user)) lines.push(`  ${id}[${quoted(`${user.user}${placeBracketed(user)}`)}]`)
      users.set(user.user, id)
      lines.push(`  s${i} ${user.isOptional ? '-.->' : '-->'}|${quoted(wordsOf(user))}| ${id}`)
    }
  }
  return `${[...lines, '  classDef missing stroke-dasharray: 4'].join('\n')}\n`
}

/** Mermaid takes entities by number, with # for &. */
function quoted(text: string): string {
  return `"${safeText(text).replace(/[#"<>&;]/g, (char) => `#${char.charCodeAt(0)};`)}"`
}

/** The map as an SVG picture: Secrets on the left, users on the right. */
export function mapSvg(map: readonly MappedSecret[]): string {
  const { shapes, width, height } = drawMap(map)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<style>svg{color-scheme:light dark}${mapStyle}</style>
${shapes.map(markup).join('\n')}
</svg>
`
}
