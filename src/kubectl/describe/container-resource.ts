import { parseQuantity, quantityMilliValue, quantityValue } from '../../api/quantity.ts'
import { textAt } from '../../go/json.ts'

/** What a resourceFieldRef gives: the amount by its divisor, rounded up. Source: kubectl pkg/util/resource, ExtractContainerResourceValue. */
export function containerResource(container: unknown, resource: string, divisor: string): string {
  const [kind = '', name = ''] = resource.split('.')
  const amount = textAt(container, 'resources', kind, name) || '0'
  const by = divisor === '' || divisor === '0' ? '1' : divisor
  if (!parseQuantity(amount).ok || !parseQuantity(by).ok) return ''
  const value =
    name === 'cpu' ? quantityMilliValue(amount) / quantityMilliValue(by) : quantityValue(amount) / quantityValue(by)
  return String(Math.ceil(value))
}
