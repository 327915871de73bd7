/** Where the containers of an object are, and those that are meant. Source: kubectl pkg/cmd/set/helper.go. */
import { withValue } from '../../api/change.ts'
import { at, isObject, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { compileRegexp, quoteMeta } from '../../go/regexp.ts'
import { fail } from '../cli/failure.ts'
import type { Info } from '../resource/info.ts'

/** Where a kind keeps its Pod spec. Source: pkg/polymorphichelpers/updatepodspecforobject.go. */
export function podSpecPath(info: Info): readonly string[] {
  const { kind, version } = info.mapping
  if (kind === 'Pod') return ['spec']
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec']
  if (isObject(at(info.object, 'spec', 'template', 'spec'))) return ['spec', 'template', 'spec']
  return fail(`the object is not a pod or does not have a pod template: *${version}.${kind}`)
}

/** Whether a container's name is as a pattern of `--containers` says. */
export function matches(container: unknown, pattern: string): boolean {
  if (pattern === '*' || pattern === '') return true
  const anchored = compileRegexp(`^${pattern.split('*').map(quoteMeta).join('.*')}$`)
  return anchored.ok && anchored.regexp.test(textAt(container, 'name'))
}

/** The object with its containers changed by `change`. */
export function withContainers(info: Info, change: (container: JsonObject) => JsonObject): unknown {
  const path = podSpecPath(info)
  return ['containers', 'initContainers'].reduce<unknown>((object, field) => {
    const list = listAt(object, ...path, field)
    return list.length === 0
      ? object
      : withValue(
          object,
          [...path, field],
          list.map((container) => change(objectAt(container))),
        )
  }, info.object)
}
