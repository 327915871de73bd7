import { at, compareBytes, listAt, sortedEntries, textAt } from '../../go/json.ts'

/** A label selector as text: `a=b,c in (d,e)`, sorted by key. Source: apimachinery pkg/labels, Requirement.String. */
export function formatSelector(selector: unknown): string {
  const expressions = listAt(selector, 'matchExpressions').map((expression): readonly [string, string] => {
    const key = textAt(expression, 'key')
    const values = listAt(expression, 'values').map(String).sort(compareBytes).join(',')
    switch (textAt(expression, 'operator')) {
      case 'In':
        return [key, `${key} in (${values})`]
      case 'NotIn':
        return [key, `${key} notin (${values})`]
      case 'Exists':
        return [key, key]
      default:
        return [key, `!${key}`]
    }
  })
  const labels = sortedEntries(selector, 'matchLabels').map(([key, value]): readonly [string, string] => [
    key,
    `${key}=${value}`,
  ])
  return [...labels, ...expressions]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([, text]) => text)
    .join(',')
}

/** As `formatSelector`, told in words where it says nothing. Source: metav1.FormatLabelSelector. */
export function formatLabelSelector(selector: unknown): string {
  if (at(selector) === undefined || selector === null) return '<none>'
  return formatSelector(selector) || '<none>'
}
