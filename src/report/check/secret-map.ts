import { safeText } from '../../bytes/terminal-text.ts'
import type { MappedSecret, SecretUser } from '../../check/secret-map.ts'
import { joined, type Paint, plain, type TerminalText } from '../text.ts'

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

function userText(user: SecretUser): string {
  return `${user.user}: ${wordsOf(user)}${bracketed(placeOf(user))}`
}

const bracketed = (text: string) => (text === '' ? '' : `  (${text})`)

/** As whom its Pods run, and where. */
function placeOf({ account, nodes }: SecretUser): string {
  return [...(account === undefined ? [] : [`account ${account}`]), ...nodes].join(', ')
}

function wordsOf({ container, way, where, keys, isOptional }: SecretUser): string {
  const parts = [
    container === undefined ? '' : `container ${container},`,
    way,
    where,
    keys === undefined ? '' : `[${keys.join(', ')}]`,
    isOptional && way !== 'pull' ? 'optional' : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** The map as a Mermaid flow chart. */
export function mapMermaid(map: readonly MappedSecret[]): string {
  const lines = ['flowchart LR']
  const users = new Map<string, string>()
  for (const [i, { secret, isGiven, users: own }] of map.entries()) {
    lines.push(`  s${i}[(${quoted(secret)})]${isGiven ? '' : ':::missing'}`)
    for (const user of own) {
      const id = users.get(user.user) ?? `u${users.size}`
      if (!users.has(user.user)) lines.push(`  ${id}[${quoted(`${user.user}${bracketed(placeOf(user))}`)}]`)
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

const [rowHeight, boxHeight, boxWidth, gap] = [64, 44, 300, 280]

/** The map as an SVG picture: Secrets on the left, users on the right. */
export function mapSvg(map: readonly MappedSecret[]): string {
  const users = [...new Set(map.flatMap(({ users: own }) => own.map(({ user }) => user)))]
  const right = boxWidth + gap
  const height = Math.max(map.length, users.length, 1) * rowHeight + 20
  const middle = (row: number) => 10 + row * rowHeight + boxHeight / 2
  const edges = map.flatMap(({ users: own }, i) =>
    own.map((user) => {
      const [from, to] = [middle(i), middle(users.indexOf(user.user))]
      const dashes = user.isOptional ? ' stroke-dasharray="5 4"' : ''
      return `<path d="M${boxWidth} ${from}C${boxWidth + gap / 2} ${from} ${boxWidth + gap / 2} ${to} ${right} ${to}"${dashes}><title>${xml(wordsOf(user))}</title></path>`
    }),
  )
  const boxes = [
    ...map.map(({ secret, keys, isGiven }, i) =>
      box(0, i, secret, keys.join(', '), isGiven ? '' : ' stroke-dasharray="5 4"'),
    ),
    ...users.map((user, i) => box(right, i, user, placesOf(map, user), '')),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${right + boxWidth + 20}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<g transform="translate(10 0)"><g fill="none" stroke="#888">${edges.join('')}</g>
${boxes.join('\n')}</g></svg>
`
}

function placesOf(map: readonly MappedSecret[], name: string): string {
  const own = map.flatMap(({ users }) => users.filter(({ user }) => user === name))
  return [...new Set(own.map(placeOf))].filter((text) => text !== '').join('; ')
}

function box(x: number, row: number, title: string, detail: string, style: string): string {
  const y = 10 + row * rowHeight
  return `<g><title>${xml(`${title} ${detail}`)}</title><rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6" fill="#8882" stroke="#888"${style}/><text x="${x + 10}" y="${y + 18}" fill="currentColor">${xml(cut(title))}</text><text x="${x + 10}" y="${y + 35}" fill="#888">${xml(cut(detail))}</text></g>`
}

function cut(text: string): string {
  return text.length > 44 ? `${text.slice(0, 43)}…` : text
}

function xml(text: string): string {
  return safeText(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
