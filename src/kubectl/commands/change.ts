import { schemaOf } from '../../api/schema/schema.ts'
import { goJson } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { serverMinor } from '../resource/server-version.ts'
import { mergePatchBetween, twoWayPatch } from '../resource/strategic-diff.ts'
import { managerOf, patchTypes } from './write.ts'

/** The patch that makes a changed object of one as it was read; `{}` when nothing changed. */
export function* changePatch(
  call: Call,
  info: Info,
  changed: unknown,
): Steps<{ readonly type: string; readonly body: string }> {
  const { group, version, kind } = info.mapping
  const definition = schemaOf(yield* serverMinor(call.session)).kind({ group, version, kind })
  const patch =
    definition === undefined ? mergePatchBetween(info.object, changed) : twoWayPatch(info.object, changed, definition)
  return { type: patchTypes[definition === undefined ? 'merge' : 'strategic'] ?? '', body: goJson(patch) }
}

/** Sends what changed. `manager`: the field manager of newer versions. */
export function* sendChange(call: Call, info: Info, changed: unknown, manager: string, dryRun: string): Steps<unknown> {
  const { type, body } = yield* changePatch(call, info, changed)
  return yield* patchObject(call.session, info, type, body, {
    fieldManager: managerOf(call, manager),
    dryRun: dryRun === 'server',
  })
}
