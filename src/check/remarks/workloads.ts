import type { GivenObject } from '../given.ts'
import type { Remark } from '../report.ts'
import { counted, objectName } from '../words.ts'
import { lastOfEach, type Workload } from '../workloads.ts'

/** Objects that are given more than once, not always alike: each apply overrides the one before, and nobody says so. */
export function remarksOnOverridden(objects: readonly GivenObject[], fallback: string): readonly Remark[] {
  return lastOfEach(objects, fallback).flatMap((last) => {
    const name = objectName(last, fallback)
    const all = last.name === '' ? [] : objects.filter((each) => objectName(each, fallback) === name)
    const [first] = all
    if (first === undefined || all.every(({ object }) => JSON.stringify(object) === JSON.stringify(last.object)))
      return []
    const { file, line } = last.place([])
    const message = `${name}: given ${counted(all.length, 'time')}, each over the one before; ${file}:${line} is what holds`
    return [{ kind: 'overridden', level: 'warning', place: first.place([]), message }]
  })
}

/** What has no Pods because it wants none: nothing of it was tried. */
export function remarksOnIdle(workloads: readonly Workload[], fallback: string): readonly Remark[] {
  return workloads.flatMap(({ given, idle }) => {
    if (idle === undefined) return []
    const message = `${objectName(given, fallback)}: it has no Pods, as ${idle}`
    return [{ kind: 'noPods', level: 'note', place: given.place([]), message }]
  })
}
