import { compareBytes } from '../../fs/path.ts'

type Variables = readonly { readonly name: string; readonly value: string }[]

/**
 * Replaces `$(NAME)` by what the mapping gives; `$$` stands for `$`; what is no reference stays as it is.
 * Source: third_party/forked/golang/expansion/expand.go.
 */
export function expand(text: string, mapping: (name: string) => string): string {
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
      expanded += char + next
      at++
    }
  }
  return expanded
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
export function expandCommand(words: readonly string[], env: Variables): readonly string[] {
  if (!words.some((word) => word.includes('$'))) return words
  const mapping = mappingOf(new Map(env.map(({ name, value }) => [name, value])))
  return words.map((word) => expand(word, mapping))
}

export type ExpandedPath = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly error: string }

/** A `subPathExpr`: every variable must have a value. Source: container/helpers.go, ExpandContainerVolumeMounts. */
export function expandPath(expression: string, env: Variables): ExpandedPath {
  const known = new Map(env.map(({ name, value }) => [name, value]))
  const missing = new Set<string>()
  const path = expand(expression, (name) => {
    const value = known.get(name) ?? ''
    if (value === '') missing.add(name)
    return value
  })
  if (missing.size === 0) return { ok: true, path }
  return { ok: false, error: `missing value for ${[...missing].sort(compareBytes).join(', ')}` }
}
