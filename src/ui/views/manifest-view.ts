import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { volumeOf } from '../../cluster/records.ts'
import { type Place, placesOf } from '../../flow/places.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import { followedOf } from '../model/following.ts'
import type { Look } from '../model/look.ts'
import { momentOf, type PlayState } from '../model/play-state.ts'
import { type Line, line, type PaneContent, scrolledTo, wrapped } from './lines.ts'

/** The selected object as it was written, its status left out, with the lines that matter now. */
export function manifestView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const { selected, recording } = look
  if (selected === undefined)
    return { title: 'manifest', lines: [line(' the selected object is not there at this moment', 'dim')] }
  const { redaction } = recording
  const written = withoutStatus(selected.object)
  const shown = toGoYaml(state.isRevealed ? written : redaction.value(written))
  const matters = mattering(state, look)
  let first = -1
  const lines: Line[] = []
  for (const text of shown.trimEnd().split('\n')) {
    const why = matters.find(({ pattern }) => pattern.test(text))?.why
    if (why !== undefined && first === -1) first = lines.length
    for (const [n, part] of wrapped(text, columns - 2).entries())
      lines.push([
        { text: why !== undefined && n === 0 ? '▸ ' : '  ', look: 'here' },
        { text: part, look: why === undefined ? 'plain' : 'bold' },
      ])
    if (why !== undefined) lines.push(...reasonLines(why, columns))
  }
  return scrolledTo(`manifest: ${selected.key.kind.toLowerCase()} ${selected.key.name}`, lines, {
    ...{ scroll: state.scroll.manifest, rows },
    // The line that matters is on the screen unless somebody scrolls.
    home: Math.max(0, first - Math.floor(rows / 3)),
  })
}

/** As a comment below the line: beside it there is seldom room. */
function reasonLines(why: string, columns: number): readonly Line[] {
  return wrapped(`# ${why}`, columns - 6).map((part) => line(`      ${part}`, 'visible'))
}

function withoutStatus(object: KubeObject): unknown {
  const { status: _status, ...rest } = object as KubeObject & { readonly status?: unknown } // most have one
  const { managedFields: _managed, ...metadata } = rest.metadata as typeof rest.metadata & {
    readonly managedFields?: unknown
  } // newer versions have them
  return { ...rest, metadata }
}

interface Mattering {
  readonly pattern: RegExp
  readonly why: string
}

/** Lines that decide how the followed Secret reaches the Pod, and what the last moment is about. */
function mattering(state: PlayState, look: Look): readonly Mattering[] {
  const { selected, recording } = look
  const followed = followedOf(look, state.followed)
  const found: Mattering[] = []
  if (selected?.key.kind === 'Pod' && followed !== undefined) {
    // An object of this kind.
    for (const place of placesOf(selected.object as Pod, followed.secret)) {
      found.push(placeMatters(place))
      if (place.volume !== undefined)
        found.push({ pattern: keyed('secretName', followed.secret), why: 'the Secret that is followed' })
    }
    found.push({ pattern: keyed('name', followed.secret), why: 'the Secret that is followed' })
  }
  const record = recording.journal.record(momentOf(state)?.seq ?? 0)
  const volume = record === undefined ? undefined : volumeOf(record)
  if (volume !== undefined && record?.object?.uid === selected?.uid)
    found.push({ pattern: keyed('name', volume), why: 'the last moment is about it' })
  if (selected?.key.kind === 'Secret' && followed?.secret === selected.key.name)
    found.push({ pattern: new RegExp(`^  ${escaped(followed.key)}:`), why: 'the key that is followed' })
  return found
}

/** The line that says where the Secret goes, and whether an update follows it there (U1, U4). */
function placeMatters({ way, where }: Place): Mattering {
  switch (way) {
    case 'volume':
      return { pattern: keyed('mountPath', where), why: 'files: an update comes at a sync of the Pod' }
    case 'subPath':
      return { pattern: keyed('mountPath', where), why: 'a subPath: no update comes, it is bound at creation' }
    case 'env':
      return { pattern: keyed('name', where), why: 'a variable: no update comes, it is fixed at creation' }
    case 'envFrom':
      return { pattern: /^[ -]*envFrom:$/, why: 'variables: no update comes, they are fixed at creation' }
    case 'pull':
      return { pattern: /^[ -]*imagePullSecrets:$/, why: 'the kubelet pulls images with it' }
  }
}

/** A line of YAML that gives the key this value, in a list or not. */
function keyed(key: string, value: string): RegExp {
  return new RegExp(`^[ -]*${key}: ["']?${escaped(value)}["']?$`)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
