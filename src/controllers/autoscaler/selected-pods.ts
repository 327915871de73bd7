import { parseLabelSelector, type Selector } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import { type Informer, splitKey } from '../../client/informer.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { compareText } from '../objects.ts'

/** Why the Pods of a target cannot be told: for the Event, the condition, and the sum. */
interface SelectorProblem {
  readonly event: string
  readonly error: string
  readonly reason: string
  readonly message: string
}

/** Which Pods each autoscaler measures. Source: pkg/controller/podautoscaler/horizontal.go, validateAndParseSelector. */
export class SelectedPods {
  readonly pods: Informer<Pod>
  readonly #minor: number
  /** What each autoscaler selects, as far as it has been looked at; undefined: not yet. */
  readonly #selectors = new Map<string, Selector | undefined>()

  constructor(pods: Informer<Pod>, minor: number) {
    this.pods = pods
    this.#minor = minor
    pods.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  }

  add(key: string): void {
    if (!this.#selectors.has(key)) this.#selectors.set(key, undefined)
  }

  delete(key: string): void {
    this.#selectors.delete(key)
  }

  /** Notes what the autoscaler with this key selects, and says what is wrong with it. */
  problem(key: string, text: string): SelectorProblem | undefined {
    if (text === '') {
      const message = "the HPA target's scale is missing a selector"
      return { event: 'SelectorRequired', reason: 'InvalidSelector', error: 'selector is required', message }
    }
    const parsed = parseLabelSelector(text, this.#minor)
    if (!parsed.ok) {
      const error = `couldn't convert selector into a corresponding internal selector object: ${parsed.message}`
      return { event: 'InvalidSelector', reason: 'InvalidSelector', error, message: error }
    }
    if (!has(this.#minor, controllers.autoscalersShareNoPods)) return undefined
    this.#selectors.set(key, parsed.selector)
    const claiming = this.#claiming(splitKey(key).namespace ?? '', parsed.selector)
    if (claiming.length < 2) return undefined
    const error = `pods by selector ${text} are controlled by multiple HPAs: [${claiming.join(' ')}]`
    return { event: 'AmbiguousSelector', reason: 'AmbiguousSelector', error, message: error }
  }

  /** Autoscalers of a namespace that select one of these Pods, as Go prints their keys; the order is that of bytes (there: of a map). */
  #claiming(namespace: string, selected: Selector): readonly string[] {
    const pods = this.pods.byIndex('namespace', namespace).filter((pod) => selected.matches(pod.metadata.labels))
    return [...this.#selectors]
      .filter(([key, selector]) => {
        const isNear = splitKey(key).namespace === namespace
        return isNear && selector !== undefined && pods.some((pod) => selector.matches(pod.metadata.labels))
      })
      .map(([key]) => `{${splitKey(key).name} ${namespace}}`)
      .sort(compareText)
  }
}
