import { compareBytes, isObject } from '../../go/json.ts'
import { goValueText } from '../../go/value-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type Describing, describeHead, describeOwnEvents } from './common.ts'
import type { DescribeWriter } from './writer.ts'

/** Fields that stand in the head already. */
const shownAbove = new Set(['.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations'])

/** Kinds without a describer of their own: all fields. Source: kubectl pkg/describe/describe.go, genericDescriber. */
export function* describeGeneric(d: Describing): Steps<void> {
  const skip = new Set(shownAbove)
  if (d.session.version.describeHidesManagedFields) skip.add('.metadata.managedFields')
  describeHead(d)
  if (isObject(d.object)) describeContent(d.w, 0, d.object, '', skip)
  yield* describeOwnEvents(d)
}

function describeContent(
  w: DescribeWriter,
  level: number,
  content: Readonly<Record<string, unknown>>,
  path: string,
  skip: ReadonlySet<string>,
): void {
  for (const field of Object.keys(content).sort(compareBytes)) {
    const value = content[field]
    const here = `${path}.${field}`
    if (skip.has(here)) continue
    const label = smartLabel(field)
    if (isObject(value)) {
      w.line(level, `${label}:`)
      describeContent(w, level + 1, value, here, skip)
    } else if (Array.isArray(value)) {
      w.line(level, `${label}:`)
      for (const item of value) {
        if (isObject(item)) describeContent(w, level + 1, item, here, skip)
        else w.line(level + 1, goValueText(item))
      }
    } else w.field(level, label, goValueText(value))
  }
}

const acronyms = ['API', 'URL', 'UID', 'OSB', 'GUID']

/** `creationTimestamp` as `Creation Timestamp`; names with other signs than letters stay. Source: smartLabelFor. */
function smartLabel(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field
  return camelWords(field)
    .map((word) =>
      acronyms.includes(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ')
}

/** Source: github.com/fatih/camelcase: a run of capitals gives its last one to the word after it. */
function camelWords(text: string): readonly string[] {
  return text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|-+|[^-]/gu) ?? []
}
