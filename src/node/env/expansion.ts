import { utf8Bytes } from '../../bytes/bytes.ts'
import { compareBytes } from '../../fs/path.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'

type Variables = readonly { readonly name: string; readonly value: string }[]

/**
 * Replaces `$(NAME)` by what the mapping gives; `$$` stands for `$`; what is no reference stays as it is.
 * Source: third_party/forked/golang/expansion/expand.go.
 */
export function expand(text: string, mapping: (name: string) => string, minor: number): string {
  if (!text.includes('$')) return text
  let expanded = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (char !== '$' || next === '') expanded += char
    else if (next === '$') {
      expanded += '$'
      at++
    } else if (next === '(') {
      const end = text.indexOf(')', at + 2)
      expanded += end === -1 ? '$(' : mapping(text.slice(at + 2, end))
      at = end === -1 ? at + 1 : end
    } else {
      const whole = String.fromCodePoint(text.codePointAt(at + 1) ?? 0)
      expanded += char + (has(minor, kubelet.expandsWholeCharacters) ? whole : firstByteAlone(whole))
      at += whole.length
    }
  }
  return expanded
}

/** Go's `string(text[0])`: the first byte as a character, the others as no UTF-8 at all, which JSON writes as U+FFFD. */
function firstByteAlone(character: string): string {
  const bytes = utf8Bytes(character)
  return bytes.length === 1 ? character : String.fromCharCode(bytes[0] ?? 0) + '\uFFFD'.repeat(bytes.length - 1)
}

/** A mapping over several environments, the first that knows a name wins; an unknown reference stays. Source: MappingFuncFor. */
export function mappingOf(
  ...environments: readonly Pick<ReadonlyMap<string, string>, 'get'>[]
): (name: string) => string {
  return (name) => {
    for (const environment of environments) {
      const value = environment.get(name)
      if (value !== undefined) return value
    }
    return `$(${name})`
  }
}

/** Command and arguments with the container's whole environment put in. Source: container/helpers.go, ExpandContainerCommandAndArgs. */
export function expandCommand(words: readonly string[], env: Variables, minor: number): readonly string[] {
  if (!words.some((word) => word.includes('$'))) return words
  const mapping = mappingOf(new Map(env.map(({ name, value }) => [name, value])))
  return words.map((word) => expand(word, mapping, minor))
}

export type ExpandedPath = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly error: string }

/** A `subPathExpr`: every variable must have a value. Source: container/helpers.go, ExpandContainerVolumeMounts. */
export function expandPath(expression: string, env: Variables, minor: number): ExpandedPath {
  const known = new Map(env.map(({ name, value }) => [name, value]))
  const missing = new Set<string>()
  const value = (name: string): string => {
    const text = known.get(name) ?? ''
    if (text === '') missing.add(name)
    return text
  }
  const path = expand(expression, value, minor)
  if (missing.size === 0) return { ok: true, path }
  return { ok: false, error: `missing value for ${[...missing].sort(compareBytes).join(', ')}` }
}
